using System.Text;
using HpcAgent.Kernels;
using HpcAgent.Kernels.Tests;

namespace HpcAgent.Engine.Tests.Aggregation.Exactness;

/// <summary>Makes random runs whose metrics hurt.</summary>
internal static class RandomRun
{
    // The last one is a metric of its own, whatever a weight is called.
    private static readonly string[] s_names = ["loss", "acc", "eval.acc", "eval.deep.x", "\u00e9 \"q\"\\", "", "eval.n_samples"];

    private static readonly object?[] s_rates = [0.1, 0.01, "0.1", 1L, 1.0, null, true];

    private static readonly (string Json, MetricKind Kind)[] s_odd =
    [
        ("NaN", MetricKind.NaN), ("Infinity", MetricKind.Infinite), ("-Infinity", MetricKind.Infinite), ("1e999", MetricKind.Infinite), ("-1E+309", MetricKind.Infinite),
        ("\"text \\u00e9 \\\"}\"", MetricKind.Text), ("true", MetricKind.Text), ("false", MetricKind.Text), ("[]", MetricKind.Text), ("[1, {\"a\": [null]}]", MetricKind.Text),
        ("null", MetricKind.Null), ("-0", MetricKind.Number), ("-0.0e5", MetricKind.Number), ("-1e-400", MetricKind.Number), ("9007199254740993", MetricKind.Number),
        ("-123456789012345678901234567890", MetricKind.Number), ("5e-324", MetricKind.Number), ("2.4703282292062328e-324", MetricKind.Number),
        ("1.7976931348623157e308", MetricKind.Number),
    ];

    private static readonly string[] s_oddWeights = ["-3", "0", "-0.0", "\"5\"", "NaN", "1e999", "null", "[1]", "{\"a\": 1}", "1e-400"];

    private static readonly string[] s_junk =
    [
        "", " ", "\n\t\r ", "{", "{\"x\": }", "{\"x\": 1, \"x\": 2}", "{\"x\": 1}}", "{\"a.b\": 1, \"a\": {\"b\": 2}}", "[1]", "1", "null", "{\"x\": 01}", "{\"x\": 1.}", "{\"x\": .5}", "{\"x\": +1}",
        "{\"x\": \"a\nb\"}", "{\"x\": \"a\tb\"}", "{\"x\": 1\0}", "{\"x\": 1}\u0001", "{'x': 1}", "{\"x\": 1,}", "{\"x\": 1} {\"task\":0,\"metrics\":{\"x\":1}}", "{\"\\ud800\": 1}",
    ];

    /// <summary>A random run.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="mostTasks">How many tasks it may have.</param>
    public static RunCase Create(Random random, int mostTasks)
    {
        int count = random.Next(1, mostTasks + 1);
        bool isWeighted = random.Next(2) == 0;
        string[] names = [.. s_names.Where(_ => random.Next(3) > 0)];
        // By column, so that the values of a metric can cancel.
        string[][] columns = [.. names.Select(_ => DecimalText.Sample(random, count, random.Next(DecimalText.Kinds + 1)))];
        int rates = random.Next(1, s_rates.Length + 1);
        TaskCase[] tasks = [.. Enumerable.Range(0, count).Select(id =>
        {
            TaskCase task = new()
            {
                Parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["lr"] = s_rates[random.Next(rates)],
                    ["model"] = random.Next(3) == 0 ? "a_b" : "a b",
                    ["seed"] = (long)id,
                },
                Round = random.Next(RunCase.Rounds),
            };
            return random.Next(12) switch
            {
                0 => task,
                1 => task with { Junk = Junk(random) },
                _ => task with
                {
                    Form = random.Next(2048),
                    Weight = !isWeighted || random.Next(5) == 0 ? null : random.Next(8) == 0 ? s_oddWeights[random.Next(s_oddWeights.Length)] : DecimalText.Weight(random),
                    Leaves = [.. Leaves(random, names, columns, id)],
                },
            };
        })];
        int mostPerWave = count + 1, leastPerWave = (count + 7) / 8;
        string[][] groupings = [["lr"], ["model", "lr"], ["lr", "model", "seed"], ["model"], []];
        return new RunCase(tasks, random.Next(leastPerWave, mostPerWave + 1), groupings[random.Next(groupings.Length)], random.Next());
    }

    private static IEnumerable<LeafCase> Leaves(Random random, string[] names, string[][] columns, int id)
    {
        foreach (int i in Enumerable.Range(0, names.Length).OrderBy(_ => random.Next()))
        {
            if (random.Next(6) == 0) continue;
            (string json, MetricKind kind) = random.Next(9) == 0 ? s_odd[random.Next(s_odd.Length)] : (columns[i][id], MetricKind.Number);
            yield return new LeafCase(names[i], json, kind);
        }
    }

    private static byte[] Junk(Random random)
    {
        if (random.Next(3) > 0) return Encoding.UTF8.GetBytes(s_junk[random.Next(s_junk.Length)]);
        byte[] bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        // In no UTF-8 text.
        bytes[random.Next(bytes.Length)] = 0xFE;
        return random.Next(2) == 0 ? bytes : [.. "{\"x\": \""u8, .. bytes, .. "\"}"u8];
    }
}
