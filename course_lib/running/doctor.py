"""Can this machine run the course? Plain words, and what to do about each fault."""

from rich.console import Console
from rich.markup import escape

from course_lib.running.examination import Finding, examine


def report() -> int:
    """Look at this machine, print each finding as it is made; return the exit code.

    Returns
    -------
    int
        1 where something prevents the course, else 0.
    """
    console = Console(highlight=False, soft_wrap=True)
    findings = []
    with console.status("looking at this machine"):
        for finding in examine():
            console.print(as_line(finding), markup=True)
            findings.append(finding)
    console.print(f"\n{conclusion(findings)}")
    return int(any(finding.prevents for finding in findings))


def as_line(finding: Finding) -> str:
    """Show a finding as a word, what was found and, below it, what to do."""
    word = "[green]ok   [/]" if finding.ok else "[yellow]note [/]"
    if finding.prevents:
        word = "[bold red]FAULT[/]"
    mend = f"\n       {escape(finding.mend)}" if finding.mend else ""
    return f"{word}  [bold]{finding.what}[/]: {escape(finding.says)}{mend}"


def conclusion(findings: list[Finding]) -> str:
    """Sum the findings up in one sentence."""
    if any(finding.prevents for finding in findings):
        return "This machine cannot run the course yet: mend what is marked FAULT."
    if all(finding.ok for finding in findings):
        return "All is well: this machine can run the course."
    return "This machine can run the course; the notes above may save you trouble."
