"""A deployment built in Python, checked, and written as the file that the command line reads."""

import accounting as csa
from accounting.model import Budget, Deployment, NamedShuffle
from accounting.report import CheckReport, check


def main() -> CheckReport:
    """Check one question that is asked daily and weekly, of the same users."""
    question = csa.BinaryRandomizedResponse(keep="3/4")
    deployment = Deployment(
        [
            NamedShuffle("daily", csa.Shuffle(question, users=20_000)),
            NamedShuffle("weekly", csa.Shuffle(question, users=120_000)),
        ],
        budget=Budget(epsilon="0.5", delta="1e-8"),
        title="One question at two cadences",
    )
    report = check(deployment)
    print(deployment.to_toml())
    print(report.sentence())
    return report


if __name__ == "__main__":
    main()
