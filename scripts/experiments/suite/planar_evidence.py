"""log Z of planar_3link asked for positions, by quadrature, for distances from 0 to 3 m in steps of 1 cm; writes planar_3link.json.

    python3 scripts/experiments/suite/planar_evidence.py [WIDTH ...]

The density is N(p* - p(q); s²·I) times exp(-excess²/(2·l²)) for joints 2 and 3, l = 0.05 rad; joint 1 turns freely, so that its integral is a Bessel
function. Joints 2 and 3 are summed on a grid of 0.004 rad.
"""
import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import i0e

LIMIT, STEP = 0.05, 0.004


def evidence(width: float) -> list[float]:
    angles = np.arange(-np.pi - 5 * LIMIT, np.pi + 5 * LIMIT, STEP)
    edges = -0.5 * (np.maximum(np.abs(angles) - np.pi, 0) / LIMIT) ** 2
    second, third = angles[:, None], angles[None, :]
    reach = np.hypot(1 + np.cos(second) + np.cos(second + third), np.sin(second) + np.sin(second + third))
    penalty = edges[:, None] + edges[None, :]
    result = []
    for distance in np.linspace(0, 3, 301):
        near = np.abs(reach - distance) < 8 * width
        r = reach[near]
        values = penalty[near] - 0.5 * ((r - distance) / width) ** 2 + np.log(2 * np.pi * i0e(r * distance / width**2))
        top = values.max()
        # Three normalisers: of the plane, and of the height, which is always met.
        result.append(top + np.log(np.exp(values - top).sum() * STEP**2) - 3 * (np.log(width) + 0.5 * np.log(2 * np.pi)))
    return [round(float(value), 5) for value in result]


if __name__ == "__main__":
    widths = [float(word) for word in sys.argv[1:]] or [0.03, 0.01]
    path = Path(__file__).parent / "planar_3link.json"
    path.write_text(json.dumps({str(width): evidence(width) for width in widths}) + "\n")
