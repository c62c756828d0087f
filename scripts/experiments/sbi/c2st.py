"""Classifier two-sample tests of draws against the reference posteriors of the benchmark, as it defines them.

    python3 scripts/experiments/sbi/c2st.py DIRECTORY-OF-DRAWS DIRECTORY-OF-THE-WHEEL [COUNT]

Z-scored by the reference, scikit-learn's MLPClassifier with two hidden layers of ten times the dimension, five folds; 0.5 is the best.
COUNT draws of each are compared, 10000 unless told; with fewer the classifier is noisier.
"""
import re
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, cross_val_score
from sklearn.neural_network import MLPClassifier


def c2st(reference: np.ndarray, draws: np.ndarray, seed: int = 1) -> float:
    mean, deviation = reference.mean(axis=0), reference.std(axis=0, ddof=1)
    dimension = reference.shape[1]
    classifier = MLPClassifier(activation="relu", hidden_layer_sizes=(10 * dimension, 10 * dimension), max_iter=10000, solver="adam", random_state=seed)
    data = (np.concatenate((reference, draws)) - mean) / deviation
    labels = np.concatenate((np.zeros(len(reference)), np.ones(len(draws))))
    folds = KFold(n_splits=5, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return float(np.mean(cross_val_score(classifier, data, labels, cv=folds, scoring="accuracy")))


def read(path: Path) -> np.ndarray:
    """Rows of numbers; a heading, which may be letters or formulas, is skipped."""
    return np.array([[float(word) for word in line.split(",")] for line in path.read_text().splitlines() if line and line[0] in "0123456789+-."])


def main() -> None:
    folder, wheel = Path(sys.argv[1]), Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10000
    found: dict[tuple[str, str], list[float]] = {}
    for path in sorted(folder.glob("*.csv")):
        match = re.fullmatch(r"(\w+)-(\d+)(-resampled)?", path.stem)
        if not match:
            continue
        name, number, kind = match.group(1), match.group(2), (match.group(3) or "-raw")[1:]
        reference = read(wheel / "sbibm" / "tasks" / name / "files" / f"num_observation_{number}" / "reference_posterior_samples.csv")
        value = c2st(reference[:count], read(path)[:count])
        found.setdefault((name, kind), []).append(value)
        print(f"{name:24} {number:>3} {kind:10} {value:.3f}", flush=True)
    for (name, kind), values in found.items():
        error = np.std(values, ddof=1) / len(values) ** 0.5 if len(values) > 1 else float("nan")
        print(f"{name:24} {kind:10} {np.mean(values):.3f} ± {error:.3f}, {len(values)} observations")


if __name__ == "__main__":
    main()
