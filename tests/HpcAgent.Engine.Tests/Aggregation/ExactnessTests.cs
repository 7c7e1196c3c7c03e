using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

/// <summary>Whatever way records take, statistics and digest come out the same, bit for bit.</summary>
public sealed class ExactnessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_split_order_and_duplication_of_waves_and_any_threads_give_the_same_bits() => Prop.ForAll<int>(seed =>
    {
        Random random = new(seed);
        int count = random.Next(1, 60);
        string[] metrics = [.. Enumerable.Range(0, count).Select(_ => Metrics(random))];
        string expected = Reduce(new ResultFiles(Files(metrics)), count, threads: 1);
        List<string> records = [.. metrics.Select((text, id) => Record(id, text))];
        for (int i = random.Next(count); i > 0; i--) records.Add(records[random.Next(count)]);
        string[] shuffled = [.. records.OrderBy(_ => random.Next())];
        List<string> paths = [];
        for (int at = 0; at < shuffled.Length;)
        {
            int length = random.Next(0, shuffled.Length - at + 1);
            paths.Add(_folder.Write($"{paths.Count}.ndjson", string.Concat(shuffled.Skip(at).Take(length))));
            at += length;
        }
        return Reduce(new PackedResults(paths), count, random.Next(1, 6)) == expected
            && Reduce(new ResultFiles(Files(metrics)), count, random.Next(2, 6)) == expected;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_part_and_the_rest_make_the_whole() => Prop.ForAll<int>(seed =>
    {
        Random random = new(seed);
        (int count, InputDigest whole, InputDigest part, InputDigest rest) = (random.Next(1, 50), new(), new(), new());
        string[] metrics = [.. Enumerable.Range(0, count).Select(_ => Metrics(random))];
        int[] order = [.. Enumerable.Range(0, count).OrderBy(_ => random.Next())];
        int cut = random.Next(count + 1);
        foreach (int id in order) whole.Add(id, Encoding.UTF8.GetBytes(metrics[id]));
        foreach (int id in order[..cut].Order()) part.Add(id, Encoding.UTF8.GetBytes(metrics[id]));
        foreach (int id in order[cut..]) rest.Add(id, Encoding.UTF8.GetBytes(metrics[id].Replace('\n', '\t') + " \t\n"));
        part.Merge(rest);
        string first = _folder.Write("part.ndjson", string.Concat(order[..cut].Select(id => Record(id, metrics[id]))));
        string second = _folder.Write("rest.ndjson", string.Concat(order[cut..].Select(id => Record(id, metrics[id]))));
        return part.ToString() == whole.ToString()
            && Reduce(new PackedResults([first, second]), count, 2) == Reduce(new ResultFiles(Files(metrics)), count, 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_change_of_any_record_changes_the_digest()
    {
        (int, string)[] records = [(0, "{\"a\":1}"), (1, "{\"a\":2}"), (2, "{\"a\":1}")];
        string whole = Digest(records);
        Assert.Matches("^sum-xxh64:[0-9a-f]{16}$", whole);
        Assert.Equal("sum-xxh64:" + new string('0', 16), Digest());
        (int, string)[][] others =
        [
            records[..2], [.. records, records[0]], [(0, "{\"a\":2}"), (1, "{\"a\":1}"), records[2]], [(0, "{\"a\": 1}"), .. records[1..]],
            [(3, "{\"a\":1}"), .. records[1..]], [.. records, records[0], records[0]],
        ];
        foreach ((int, string)[] other in others) Assert.NotEqual(whole, Digest(other));
        Assert.Equal(whole, Digest((2, "\n\t{\"a\":1}"), (0, "{\"a\":1}\r\n"), (1, "   {\"a\":2}")));
    }

    private static string Digest(params (int Task, string Text)[] records)
    {
        InputDigest digest = new();
        foreach ((int task, string text) in records) digest.Add(task, Encoding.UTF8.GetBytes(text));
        return digest.ToString();
    }

    private Func<long, string> Files(string[] metrics)
    {
        for (int id = 0; id < metrics.Length; id++) _folder.WriteMetrics(id, metrics[id]);
        return _folder.PathOf;
    }

    private static string Reduce(ResultSource source, int count, int threads)
    {
        Aggregate aggregate = Experiment.RunAsync(
            Experiment.Request(source, count, "lr") with { Probabilities = [0.1], ThreadCount = threads }).GetAwaiter().GetResult();
        Assert.Equal(count, aggregate.UsedCount);
        return aggregate.InputDigest + "\n" + Experiment.Show(aggregate with { Problems = [] });
    }

    private static string Record(int id, string metrics) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"task\":{id},\"metrics\":{metrics.Replace('\n', ' ')}}}\n");

    private static string Metrics(Random random)
    {
        StringBuilder text = new("{\n");
        for (int m = 0; m < 4; m++)
        {
            if (random.Next(4) == 0) continue;
            string value = random.Next(8) switch
            {
                0 => "NaN",
                1 => "-1e999",
                2 => "\"x\"",
                3 => "null",
                4 => (random.NextDouble() * Math.ScaleB(1, random.Next(-1000, 1000))).ToString("R", CultureInfo.InvariantCulture),
                _ => (random.NextDouble() - 0.5).ToString("R", CultureInfo.InvariantCulture),
            };
            text.Append(CultureInfo.InvariantCulture, $"\"m{m}\": {value},\n");
        }
        return text.Append(CultureInfo.InvariantCulture, $"\"n_samples\": {random.Next(-1, 5)}}}").ToString();
    }
}
