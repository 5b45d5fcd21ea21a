"""What merchants look at: which stock is dead, which runs out, how good forecasts and suppliers were."""
