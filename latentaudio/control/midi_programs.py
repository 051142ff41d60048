"""Program changes and the banks before them, as the number of a preset. The MIDI thread's."""

BANK_MSB, BANK_LSB = 0, 32  # controllers


class Programs:
    """A bank is latched for each port and channel until another is chosen; at first it is 0."""

    def __init__(self) -> None:
        self._banks: dict[tuple[str, int], int] = {}

    def choose_bank(self, origin: str, channel: int, controller: int, value: int) -> int:
        """Heed a bank controller; the bank 0..16383. The upper half alone will do: it clears the lower."""
        bank = self._banks.get((origin, channel), 0)
        bank = value << 7 if controller == BANK_MSB else bank & ~0x7F | value
        self._banks[origin, channel] = bank
        return bank

    def number(self, origin: str, channel: int, program: int) -> int:
        """A program 0..127 of the latched bank, counted from 0 over all banks."""
        return self._banks.get((origin, channel), 0) * 128 + program
