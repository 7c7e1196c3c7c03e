using System.Runtime.CompilerServices;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>An attempt as sacct has it, without references, so that a hundred thousand of them cost the garbage collector nothing. -1 is unknown.</summary>
internal struct SlurmAccountingRow
{
    private int _rawState;
    private int _node;
    private int _elapsed;
    private int _wait;
    private short _exitCode;
    private short _signal;
    private long _cpuMilliseconds;

    /// <summary>The number of its job.</summary>
    public int Job { get; set; }

    /// <summary>The element; 0 if the job is no array.</summary>
    public int Element { get; set; }

    /// <summary>When it started, in Unix seconds; one that has not is newer than those that have.</summary>
    public long Start { get; private set; }

    /// <summary>The highest memory in bytes.</summary>
    public long PeakMemory { get; set; }

    /// <summary>Takes the fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(SlurmFields fields, Utf8Interner states, Utf8Interner nodes)
    {
        _rawState = states.Index(fields[SlurmFields.State]);
        (_exitCode, _signal) = SlurmValue.Exit(fields[SlurmFields.Exit]);
        _elapsed = Seconds(SlurmValue.Number(fields[SlurmFields.Elapsed]));
        // "Unknown" or "None".
        Start = SlurmValue.Number(fields[SlurmFields.Start]) is var start and >= 0 ? start : long.MaxValue;
        PeakMemory = SlurmValue.Bytes(fields[SlurmFields.Memory]);
        ReadOnlySpan<byte> node = fields[SlurmFields.Node];
        _node = node.IsEmpty || node.SequenceEqual("None assigned"u8) ? -1 : nodes.Index(node);
        _wait = SlurmValue.Number(fields[SlurmFields.Submit]) is var submit and >= 0 && Start != long.MaxValue ? Seconds(Start - submit) : -1;
        _cpuMilliseconds = SlurmValue.Milliseconds(fields[SlurmFields.Cpu]);
    }

    /// <summary>The entry.</summary>
    /// <remarks>
    /// A zero is an exit code only of what completed; numbers above 64 are no signals (0:125 stands beside OUT_OF_MEMORY). 0:53 is Slurm's own: it
    /// could not open the output file or enter the folder.
    /// </remarks>
    public readonly AccountingEntry ToEntry(string job, Utf8Interner states, Utf8Interner nodes)
    {
        string raw = states[_rawState];
        TaskState state = SlurmStates.Of(raw);
        return new AccountingEntry(
            job,
            Element,
            state,
            raw,
            _exitCode > 0 || (_exitCode == 0 && state == TaskState.Complete) ? _exitCode : null,
            _signal is > 0 and <= 64 ? _signal : null,
            _node < 0 ? null : nodes[_node],
            _elapsed < 0 ? null : TimeSpan.FromSeconds(_elapsed),
            PeakMemory < 0 ? null : PeakMemory)
        {
            CpuTime = _cpuMilliseconds < 0 ? null : TimeSpan.FromMilliseconds(_cpuMilliseconds),
            QueueWait = _wait < 0 ? null : TimeSpan.FromSeconds(_wait),
        };
    }

    // What is longer than sixty years is a slip, not a time.
    private static int Seconds(long value) => value is < 0 or > int.MaxValue ? -1 : (int)value;
}
