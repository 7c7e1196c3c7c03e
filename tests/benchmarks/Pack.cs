using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>The metrics of 10^5 tasks into packs of 10^4, as a login node or a job does it: listing, one awk a wave, checksums, renames.</summary>
internal sealed class Pack : IFigure
{
    private const string Mawk = "pack, mawk";
    private const string Gawk = "pack, gawk";
    private const string Busybox = "pack, busybox awk";
    private const string Unchanged = "pack, nothing new";
    private const string Cat = "find | xargs cat of the same";

    public string Name => "pack";

    public string About => "The metrics of 10^5 tasks into packs of 10^4, as a login node or a job does it: listing, one awk a wave, checksums, renames.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("pack 10^5 files", Mawk, Cat, "ms", 1),
        new("pack 10^5 files", Gawk, Mawk, "ms", 2),
        new("pack 10^5 files", Busybox, Mawk, "ms", 2),
        new("pack 10^5 files", Unchanged, Mawk, "ms"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        long count = settings.IsQuick ? 10_000 : 100_000;
        string run = Path.Combine(settings.Work, $"pack-{count}");
        ReduceData.MakeFiles(Path.Combine(run, "results"), count);
        foreach ((string series, string awk) in new[] { (Mawk, "mawk"), (Gawk, "gawk"), (Busybox, "busybox awk") })
        {
            if (!Peers.IsThere(awk.Split(' ')[0])) continue;
            if (Directory.Exists(Path.Combine(run, "waves"))) Directory.Delete(Path.Combine(run, "waves"), recursive: true);
            samples.Add(series, 1000 * (await PackAsync(settings, run, count, awk)).Wall);
            if (awk == "mawk") samples.Add(Unchanged, 1000 * (await PackAsync(settings, run, count, awk)).Wall);
        }
        samples.Add(Cat, 1000 * (await Child.RunAsync("sh", ["-c", "find \"$0\" -type f -print0 | xargs -0 cat >/dev/null", Path.Combine(run, "results")])).Wall);
    }

    private static Task<Measured> PackAsync(Settings settings, string run, long count, string awk) => Child.RunAsync(
        "sh",
        [
            "-c", "HPC_PACK_AWK=$1 exec sh \"$0\" \"$2\" \"$3\" 10000 67108864 - 0",
            Path.Combine(Path.GetDirectoryName(settings.Module)!, "templates", "runtime", "node", "pack.sh"), awk, run, count.ToString(CultureInfo.InvariantCulture),
        ]);
}
