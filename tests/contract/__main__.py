import asyncio
import sys
from pathlib import Path

from tests.contract.run import report


def main(argv: list[str]) -> int:
    folder = Path(argv[1] if len(argv) > 1 else "../shared/specs")
    if not (folder / "ghl").is_dir() or not (folder / "invoice_ninja").is_dir():
        sys.stdout.write(
            f"contract: {folder} is not the folder with the services' documents (it needs ghl/ and invoice_ninja/).\n"
        )
        return 1
    text, wrong = asyncio.run(report(folder))
    sys.stdout.write(f"{text}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
