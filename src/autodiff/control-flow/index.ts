import './branches.js';
import './loops.js';
import './tensor-lists.js';
