import asyncio
import sys
from pathlib import Path

from tests.contract.run import report


def main(argv: list[str]) -> int:
    """`--each` names for every operation of Invoice Ninja's which of ours calls it, or why none does."""
    named = [one for one in argv[1:] if one != "--each"]
    folder = Path(named[0] if named else "../shared/specs")
    if not (folder / "ghl").is_dir() or not (folder / "invoice_ninja").is_dir():
        sys.stdout.write(
            f"contract: {folder} is not the folder with the services' documents (it needs ghl/ and invoice_ninja/).\n"
        )
        return 1
    text, wrong = asyncio.run(report(folder, each="--each" in argv))
    sys.stdout.write(f"{text}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
