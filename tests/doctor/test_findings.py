"""What the doctor makes of what it measures, and of what is missing."""

import socket
from pathlib import Path

import numpy as np
import pytest

from latentaudio.doctor import decoder, disk, loopback, network, ports, python, sound, system
from latentaudio.doctor.examine import examine
from latentaudio.doctor.finding import Case, Finding
from latentaudio.doctor.probe import beginning
from latentaudio.doctor.trial import Trial
from latentaudio.errors import ModelError
from latentaudio.render.process import Ready

PROBED = {"rate": 48000, "period": 128, "xruns": 0, "lost_cycles": 0, "missed_blocks": 0}


def levels(findings: "list[Finding]") -> list[str]:
    return [finding.level for finding in findings]


@pytest.mark.parametrize(("finding", "level"), [
    (python.wakes(0.2), "ok"), (python.wakes(4.0), "warning"),
    (system.load(0.5, 2), "ok"), (system.load(1.9, 2), "warning"),
    (system.priority(True, 0), "ok"), (system.priority(False, 0, True), "warning"),
    (system.governor({"performance"}), "ok"), (system.governor({"performance", "powersave"}), "warning"),
    (system.governor(set()), "ok"),
    (network.room(4 << 20), "ok"), (network.room(212992), "warning"),
    (sound.judged(Trial(64, (1.0, 2.0), 0)), "ok"), (sound.judged(Trial(64, (1.0,), 3)), "warning"),
    (sound.judged(Trial(64, (), 0)), "problem"),
    (decoder.decodes("cpu", 1.0, [12.0, 13.0]), "ok"), (decoder.decodes("cpu", 1.0, [80.0, 90.0]), "warning"),
])  # fmt: skip
def test_what_is_not_well_has_advice(finding: Finding, level: str) -> None:
    assert finding.level == level and bool(finding.advice) == (level != "ok")


@pytest.mark.parametrize(("free", "level"), [(5e9, "ok"), (5e8, "warning"), (5e7, "problem")])
def test_a_full_disk_is_told_before_a_recording_ends(
    free: float, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": free}))
    assert disk.room("renders", tmp_path / "not" / "made" / "yet").level == level


@pytest.mark.parametrize(("name", "advised"), [("MME", "--audio 'Windows WASAPI'"), ("Windows WASAPI", "")])
def test_windows_slow_drivers_are_pointed_past(name: str, advised: str) -> None:
    (finding,) = sound.driver(name, ["MME", "Windows WASAPI"])
    assert advised in finding.advice


def test_a_machine_without_that_card_says_so_in_one_sentence() -> None:
    (finding,) = sound.check(Case(audio="no such card"), None, [])
    assert finding.level == "problem" and "\n" not in finding.said


@pytest.mark.parametrize(("name", "says"), [
    ("Launchpad Mini MK3:LPMiniMK3 MIDI 20:1", ": mapping novation-launchpad-mini-mk3"),
    ("LPD8:LPD8 MIDI 1 24:0", "mapping akai-lpd8"), ("Keystation:0 20:0", "no mapping of its own"),
    ("FLUID Synth:0 129:0", "opened with --midi 'FLUID Synth:0 129:0'"),
])  # fmt: skip
def test_each_port_says_which_mapping_knows_it(name: str, says: str) -> None:
    assert says in ports.port("alsa", name).said


def test_a_taken_port_names_who_has_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        finding = network.port(taken.getsockname()[1])
    assert finding.level == "problem" and "pid" in finding.said


def test_a_free_port_is_free_and_no_daemon() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    assert network.port(number).level == "ok" and network.daemon_at(number) is None


def test_a_damaged_model_is_told() -> None:
    with pytest.raises(ModelError):
        list(decoder.check_model(Case(model=Path("LICENSE"))))


@pytest.mark.parametrize(("device", "wanted", "driver", "level"), [
    ("cpu (x86_64)", "auto", "LICENSE", "warning"), ("cpu (x86_64)", "auto", "none", "ok"),
    ("cuda (NVIDIA H100)", "auto", "LICENSE", "ok"), ("cpu (x86_64): no device 'cuda' here", "cuda", "none", "warning"),
])  # fmt: skip
def test_a_gpu_that_lies_idle_is_told(device: str, wanted: str, driver: str, level: str) -> None:
    assert levels(list(decoder.accelerator(Ready(device, 128, 1), wanted, Path(driver)))) == [level]


def test_one_check_that_fails_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(python, "check", fails)
    for module, name in ((sound, "drivers"), (network, "daemon_at")):
        monkeypatch.setattr(module, name, lambda *_: [])
    findings = examine(Case(audio="null"))
    assert next(findings).said == "cannot be checked: ValueError: a fault of ours" and next(findings).area == "disk"


def heard(shift_ms: np.ndarray, **more: int) -> Finding:
    sent = np.arange(len(shift_ms)) * 4800
    onsets = (sent + shift_ms * 48)[shift_ms > 0].astype(int)
    return loopback.judged(PROBED | {"sent": sent.tolist(), "onsets": onsets.tolist()} | more, "JACK")


def test_a_loop_back_tells_percentiles_jitter_and_what_was_missed() -> None:
    finding = heard(np.array([4.0, 0.0, 5.0, 6.0]))
    assert (finding.figures["p50"], finding.figures["missed"]) == (5.0, 1)
    assert finding.figures["jitter"] == pytest.approx(0.82) and finding.level == "problem"


@pytest.mark.parametrize(("spread_ms", "more", "says"), [
    (0.5, {}, ""), (0.5, {"xruns": 3}, "larger period"), (0.5, {"xruns": 2, "lost_cycles": 2}, ""),
    (4.0, {}, "real-time priority"), (4.0, {"period": 1024}, "smaller period"),
])  # fmt: skip
def test_a_loop_back_gives_the_advice_that_fits(spread_ms: float, more: dict[str, int], says: str) -> None:
    finding = heard(np.linspace(4.0 - spread_ms / 2, 4.0 + spread_ms / 2, 50), **more)
    assert (says in finding.advice) if says else not finding.advice


def test_silence_is_a_problem() -> None:
    assert 0.0 < beginning(np.zeros(5, np.float32)) < beginning(np.ones(5, np.float32))
    assert heard(np.zeros(5)).level == "problem"
