"""What to do to requests instead of answering them as they deserve."""

import os
import signal
from dataclasses import dataclass

STATUSES = ("429", "500", "502", "503")
KINDS = (*STATUSES, "reset_before", "reset_after", "late", "never", "kill_before", "kill_after")
"""429 and 5xx: refused before any effect. reset: the connection ends before or after the request
took effect. late: answered after `seconds`. never: took effect, no answer. kill: the bot's process
is killed before or after the request took effect, and gets no answer.
"""


@dataclass
class Fault:
    """Harm `count` requests of a route ('*': any), once `skip` of them have passed."""

    kind: str
    route: str = "*"
    count: int = 1
    skip: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}; one of {', '.join(KINDS)}")


class Faults:
    """Those that are ordered, and the process to kill."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []
        self.pid: int | None = None
        self.done: list[str] = []
        """What was harmed: 'kind route', in order."""

    def take(self, route: str, *, named: bool = False) -> Fault | None:
        """Count a request, and return the fault that is its due; with `named` of those alone that
        name its route.
        """
        for fault in self.ordered:
            routes = (route,) if named else ("*", route)
            if fault.route not in routes or fault.count == 0:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.count -= 1
            self.done.append(f"{fault.kind} {route}")
            return fault
        return None

    def kill(self) -> None:
        """End the bot's process at once, as a power cut would."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            self.pid = None
