"""PyTorch's side; see side.py. The loop is the one of its tutorials."""

import side
import torch
import torch_calls as calls
import torch_chapter as chapter
import torch_dcgan as dcgan
import torch_networks as networks
import torch_sequences as sequences
import torch_towers as towers
import torch_transfer as transfer

FAMILIES = (chapter, networks, transfer, sequences, dcgan, towers, calls)

side.answer(side.asked(), FAMILIES, {"PyTorch": torch.__version__})
