namespace HpcAgent.Engine.Clusters;

/// <summary>The packed metrics of a run, as far as they are on this machine: one pack for each wave (<see cref="Runs.RunWaves"/>) that has results.</summary>
/// <param name="Folder">The absolute folder of the packs.</param>
/// <param name="Waves">The waves that have a pack, ascending.</param>
public sealed record PackedWaves(string Folder, IReadOnlyList<PackedWave> Waves)
{
    /// <summary>The waves whose tasks' metrics could not be packed at this look, with the reason.</summary>
    public IReadOnlyList<WaveFault> Failed { get; init; } = [];

    /// <summary>The waves whose files are no longer those that were packed, with the tasks; known only where <see cref="RunView.WantsAudit"/> was set.</summary>
    public IReadOnlyList<WaveFault> Differing { get; init; } = [];

    /// <summary>Tasks with results that the run does not have; known only where <see cref="RunView.WantsAudit"/> was set.</summary>
    public IReadOnlyList<long> StrayTaskIds { get; init; } = [];

    /// <summary>The scheduler's id of the job that packs them; then nothing was fetched at this look.</summary>
    public string? JobId { get; init; }

    /// <summary>The packs, in the order of the waves.</summary>
    public IReadOnlyList<string> Paths => [.. Waves.Select(wave => Path.Combine(Folder, wave.FileName))];
}

/// <summary>One packed wave.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Crc">The POSIX checksum of its pack.</param>
/// <param name="ByteCount">The length of its pack.</param>
/// <param name="RecordCount">Tasks whose metrics are in it.</param>
/// <param name="ProblemCount">Tasks whose metrics file is there and could not be taken.</param>
/// <param name="ChangedCount">Those among them whose file changed while it was read.</param>
/// <param name="IsFresh">True if it was packed at this look.</param>
public sealed record PackedWave(int Index, uint Crc, long ByteCount, long RecordCount, long ProblemCount, long ChangedCount, bool IsFresh)
{
    /// <summary>The SHA-256 of its pack in hexadecimal digits; empty until the pack is on this machine.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>The name of its pack.</summary>
    public string FileName => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Index}.ndjson");
}

/// <summary>What is wrong with a wave.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Reason">What, or why.</param>
public sealed record WaveFault(int Index, string Reason);
