using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Batch;

/// <summary>How the packed metrics of one run come to this machine within a look.</summary>
/// <param name="view">The run.</param>
/// <param name="job">The job that packs what is too much for a login node, or null if there can be none.</param>
internal sealed class WaveExchange(RunView view, PackJob? job)
{
    private readonly WaveMirror _mirror = new(view.Layout.Waves);

    /// <summary>Takes what is here already, if the run can have no more.</summary>
    public bool TryLoadAll()
    {
        if (!File.Exists(Marker)) return false;
        string index = Path.Combine(_mirror.Folder, "index");
        IReadOnlyList<PackedWave> waves = _mirror.Load();
        if (!File.Exists(index) || waves.Count != WaveMirror.Read(File.ReadAllText(index)).Count()) return false;
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
        FailedWave[] failed = [.. Failures(said)];
        if (failed.FirstOrDefault(f => f.Index < 0) is { } all) throw Failed(all.Reason);
        if (said.Contains("pending ", StringComparison.Ordinal))
        {
            view.Packed = new PackedWaves(_mirror.Folder, []) { JobId = job!.Read(answer) };
            return;
        }
        PackedWave[] waves = [.. WaveMirror.Read(said)];
        await TakePacksAsync(answer, archives, waves, cancellationToken);
        view.Packed = new PackedWaves(_mirror.Folder, waves) { Failed = failed };
        bool hasAll = isFinal || waves.Sum(wave => wave.RecordCount) == view.Run.TaskCount;
        if (hasAll && failed.Length == 0 && waves.All(wave => wave.ChangedCount == 0))
            await File.WriteAllBytesAsync(Marker, [], cancellationToken);
    }

    private string Marker => Path.Combine(view.Layout.Root, "has-packed");

    private async Task TakePacksAsync(HostAnswer answer, ArchiveFolder archives, PackedWave[] waves, CancellationToken cancellationToken)
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
            await _mirror.TakeAsync(came ? arrived : null, waves, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new HpcException(
                ErrorCode.RemoteCommandFailed, $"the packed results of {view.Run.RunId} arrived damaged: {e.Message} {answer.ErrorText.Trim()}".TrimEnd(), "Try again.", e);
        }
    }

    private HpcException Failed(string reason) => new(
        ErrorCode.CombinerFailed, $"the results of {view.Run.RunId} could not be packed: {reason}", "Look whether the run's folder on the cluster can be written and has room.");

    // failed N WHY; N is - where it is about all of them.
    private static IEnumerable<FailedWave> Failures(string said) =>
        from line in said.Split('\n')
        let words = line.Split(' ', 3)
        where words is ["failed", _, _]
        select new FailedWave(int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1, words[2].Trim());
}
