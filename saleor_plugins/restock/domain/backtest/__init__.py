"""What-if: any rule replayed over the shop's own past demand, one needs' block at a time."""
