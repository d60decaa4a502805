"""PyTorch's side; see side.py. The loop is the one of its tutorials."""

import side
import torch
import torch_chapter

WORKLOADS = torch_chapter.WORKLOADS

side.answer(side.asked(), WORKLOADS, {"PyTorch": torch.__version__})
