"""From latent points to sounds: the near side in the player, the far side in a process of its own."""
