"""Compares an aggregate with Python's rational numbers, every double bit for bit.

exact.py RESULTS AGGREGATE.json CSV FLOW.json: RESULTS has the metrics files of the tasks; AGGREGATE.json says over which parameters they run
("axes", the last one fastest) and holds for each grouping its rows, doubles as the hexadecimal digits of their bits; CSV and FLOW.json
are what the page's own lines left.
"""
import csv, itertools, json, math, os, struct, sys
from fractions import Fraction


def nearest_root(value):
    """The double nearest to the square root of a fraction: the root of an integer, and whether anything is left of it."""
    shift = 2 * max(0, 70 - (value.numerator.bit_length() - value.denominator.bit_length()) // 2)
    scaled, rest = divmod(value.numerator << shift, value.denominator)
    root = math.isqrt(scaled)
    return float(Fraction(2 * root + (rest != 0 or root * root != scaled), 2 << shift // 2))


def quantile(doubles, p):
    """Type 7 of Hyndman and Fan, interpolated exactly between the nearest doubles."""
    at = (len(doubles) - 1) * p
    low, part = Fraction(doubles[int(at)]), Fraction(at - int(at))
    return float(low + part * (Fraction(doubles[int(at) + 1]) - low)) if part else float(low)


def statistics(pairs):
    doubles = sorted(float(x) for x, _ in pairs)
    weight, squared = sum(w for _, w in pairs), sum(w * w for _, w in pairs)
    total, squares = sum(w * x for x, w in pairs), sum(w * x * x for x, w in pairs)
    variance = (weight * squares - total * total) / (weight * weight - squared)
    return {
        "n": len(pairs), "weight": float(weight), "sum": float(total), "mean": float(total / weight), "var": float(variance), "sd": nearest_root(variance),
        "se": nearest_root(variance * squared / (weight * weight)), "min": doubles[0], "max": doubles[-1],
        "median": quantile(doubles, 0.5), "p05": quantile(doubles, 0.05), "p95": quantile(doubles, 0.95), "p97.5": quantile(doubles, 0.975),
    }


def bits(value):
    return value if isinstance(value, int) else struct.pack(">d", value).hex()


def read(results, axes):
    """Parameters and metrics of each task; numbers are fractions of what stands in the file."""
    for task, values in enumerate(itertools.product(*axes.values())):
        with open(os.path.join(results, str(task // 1000), str(task), "metrics.json")) as file:
            metrics = json.load(file, parse_float=Fraction, parse_int=Fraction)
        yield dict(zip(axes, values)), metrics.pop("n_samples"), metrics


def grouped(records, by):
    groups = {}
    for parameters, weight, metrics in records:
        for name, value in metrics.items():
            groups.setdefault(tuple(parameters[b] for b in by), {}).setdefault(name, []).append((value, weight))
    return {key: {name: statistics(pairs) for name, pairs in found.items()} for key, found in groups.items()}


def main(results, aggregate, table, flow):
    with open(aggregate) as file:
        given = json.load(file)
    records = list(read(results, given["axes"]))
    compared, wrong = 0, []

    def check(place, expected, actual):
        nonlocal compared
        compared += 1
        if bits(expected) != actual:
            wrong.append(f"{place}: {expected!r} is {bits(expected)}, but there is {actual}")

    for grouping in given["groupings"]:
        by, rows = grouping["by"], grouping["rows"]
        expected = grouped(records, by)
        found = {tuple(row[b] for b in by): row for row in rows}
        if found.keys() != expected.keys():
            wrong.append(f"by {by}: the groups are {sorted(found)}")
        for key, metrics in expected.items():
            for name, values in metrics.items():
                for statistic, value in values.items():
                    check(f"{by} {key} {name}_{statistic}", value, found.get(key, {}).get(f"{name}_{statistic}"))
    expected = grouped(records, ["load", "shape"])
    with open(table, newline="") as file:
        for row in csv.DictReader(file):
            values = expected[float(row["load"]), int(row["shape"])]["wait"]
            for statistic in ("mean", "se", "p95"):
                check(f"csv {row['load']} {row['shape']} {statistic}", values[statistic], bits(float(row[f"wait_{statistic}"])))
    with open(flow) as file:
        groups = {(g["key"]["load"], g["key"]["shape"]): g["metrics"] for g in json.load(file)["data"]["aggregate"]["groups"]}
    names = {"n": "count", "var": "variance"}
    for key, metrics in expected.items():
        for name, values in metrics.items():
            found = groups[key][name] | {"p95": groups[key][name]["quantiles"]["0.95"]}
            for statistic in ("n", "weight", "sum", "mean", "var", "sd", "se", "min", "max", "median", "p95"):
                value = found[names.get(statistic, statistic)]
                check(f"aggregate-flow {key} {name}_{statistic}", values[statistic], value if statistic == "n" else bits(float(value)))
    print(json.dumps({"tasks": len(records), "compared": compared, "wrong": wrong[:20]}))


main(*sys.argv[1:])
