using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Batch;

/// <summary>How the packed metrics of one run come to this machine within a look.</summary>
/// <param name="view">The run.</param>
/// <param name="job">The job that packs what is too much for a login node, or null if there can be none.</param>
/// <param name="hostName">Where it is looked, for messages.</param>
internal sealed class WaveExchange(RunView view, PackJob? job, string hostName)
{
    private readonly WaveMirror _mirror = new(view);

    /// <summary>Takes what is here already, if the run can have no more and nobody asks whether that is so.</summary>
    public bool TryLoadAll()
    {
        if (view.WantsAudit || File.Exists(Doubt) || !File.Exists(Marker) || _mirror.LoadAll() is not { } waves) return false;
        view.Packed = new PackedWaves(_mirror.Folder, waves);
        return true;
    }

    /// <summary>Adds the questions to a script in which <c>hpc_run</c> is the run's folder.</summary>
    public void AppendQuestions(StringBuilder text) => PackScript.Append(text, view, _mirror.Load(), job);

    /// <summary>Takes the answer in.</summary>
    /// <param name="answer">The parts of the run.</param>
    /// <param name="archives">Archives that came along.</param>
    /// <param name="isFinal">True if the run is complete and its files had the time to become visible.</param>
    /// <param name="cancellationToken">Ends the work between two packs.</param>
    public async Task TakeAsync(HostAnswer answer, ArchiveFolder archives, bool isFinal, CancellationToken cancellationToken)
    {
        if (answer.Find("waves") is null)
            throw new HpcException(ErrorCode.OutputsMissing, $"the results of {view.Run.RunId} cannot be read: its folder on the cluster is gone", "Look whether the site has purged it.");
        string said = answer.Text("waves");
        if (said.Split('\n').Contains("nothing")) LostResults.Require(view, $"{new RemotePaths(view.Run.RemotePath, view.Run.RunId).Results} on {hostName}");
        WaveFault[] failed = [.. Faults(said, "failed")];
        if (failed.FirstOrDefault(f => f.Index < 0) is { } all) throw Failed(all.Reason);
        if (said.Contains("pending ", StringComparison.Ordinal))
        {
            view.Packed = new PackedWaves(_mirror.Folder, []) { JobId = job!.Read(answer) };
            return;
        }
        IReadOnlyList<PackedWave> waves = await TakePacksAsync(answer, archives, [.. Waves(said)], cancellationToken);
        WaveFault[] differing = [.. Faults(said, "differs")];
        view.Packed = new PackedWaves(_mirror.Folder, waves) { Failed = failed, Differing = differing, StrayTaskIds = [.. Strays(said)] };
        bool hasAll = isFinal || waves.Sum(wave => wave.RecordCount) == view.Run.TaskCount;
        if (hasAll && failed.Length == 0 && waves.All(wave => wave.ChangedCount == 0))
            await File.WriteAllBytesAsync(Marker, [], cancellationToken);
        if (differing.Length > 0) await File.WriteAllBytesAsync(Doubt, [], cancellationToken);
        else if (view.WantsAudit) File.Delete(Doubt);
    }

    /// <summary>The packs that a cluster names: lines <c>wave N CRC BYTES RECORDS PROBLEMS CHANGED fresh|kept</c>.</summary>
    /// <param name="said">What <c>pack.sh</c> printed.</param>
    public static IEnumerable<PackedWave> Waves(string said)
    {
        foreach (string line in said.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words is not ["wave", var index, var crc, var bytes, var records, var problems, var changed, var how]) continue;
            yield return new PackedWave(
                int.Parse(index, CultureInfo.InvariantCulture), uint.Parse(crc, CultureInfo.InvariantCulture), Number(bytes), Number(records), Number(problems), Number(changed), how == "fresh");
        }

        static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
    }

    /// <summary>What is wrong with waves: lines <c>KIND N WHAT</c>; N is -, and here -1, where it is about all of them.</summary>
    /// <param name="said">What <c>pack.sh</c> printed.</param>
    /// <param name="kind">The first word.</param>
    public static IEnumerable<WaveFault> Faults(string said, string kind) =>
        from line in said.Split('\n')
        let words = line.Split(' ', 3)
        where words.Length == 3 && words[0] == kind
        select new WaveFault(int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1, words[2].Trim());

    private static IEnumerable<long> Strays(string said) =>
        from line in said.Split('\n')
        where line.StartsWith("stray ", StringComparison.Ordinal)
        select long.Parse(line.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture);

    // There since an audit found files that are not those that were packed: whoever has such a wave packed again must not be given what is here.
    private string Doubt => Path.Combine(view.Layout.Root, "has-differing");

    private string Marker => Path.Combine(view.Layout.Root, "has-packed");

    private async Task<IReadOnlyList<PackedWave>> TakePacksAsync(HostAnswer answer, ArchiveFolder archives, IReadOnlyList<PackedWave> waves, CancellationToken cancellationToken)
    {
        string arrived = archives.Place("packs");
        try
        {
            bool came = answer.Find("results") is not null;
            if (came)
            {
                using Stream archive = archives.Read("results");
                await RemoteTar.ReadAsync(archive, arrived, cancellationToken);
            }
            return await _mirror.TakeAsync(came ? arrived : null, waves, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new HpcException(
                ErrorCode.RemoteCommandFailed, $"the packed results of {view.Run.RunId} arrived damaged: {e.Message} {answer.ErrorText.Trim()}".TrimEnd(), "Try again.", e);
        }
    }

    private HpcException Failed(string reason) => new(
        ErrorCode.CombinerFailed, $"the results of {view.Run.RunId} could not be packed: {reason}", "Look whether the run's folder on the cluster can be written and has room.");
}
