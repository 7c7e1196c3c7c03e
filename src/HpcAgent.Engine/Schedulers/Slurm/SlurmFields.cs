using System.Runtime.CompilerServices;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>A row of sacct, in the order in which its columns are asked for. A field that is not there is empty.</summary>
internal readonly ref struct SlurmFields
{
    /// <summary>The columns that are asked for.</summary>
    public const string Columns = "JobID,State,ExitCode,ElapsedRaw,Start,MaxRSS,NodeList,Submit,TotalCPU";

    public const int State = 1, Exit = 2, Elapsed = 3, Start = 4, Memory = 5, Node = 6, Submit = 7, Cpu = 8;

    /// <summary>How many columns there are.</summary>
    public const int Count = 9;

    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadOnlySpan<int> _ends;

    /// <summary>Creates a row.</summary>
    /// <param name="text">The text up to the end of the row.</param>
    /// <param name="ends">Where the fields end in it.</param>
    public SlurmFields(ReadOnlySpan<byte> text, ReadOnlySpan<int> ends)
    {
        _text = text;
        _ends = ends;
    }

    /// <summary>A field behind the id.</summary>
    public ReadOnlySpan<byte> this[int field]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => field < _ends.Length ? _text[(_ends[field - 1] + 1).._ends[field]] : default;
    }
}
