namespace HpcAgent.Engine.Aggregation;

/// <summary>Where the metrics of a run are.</summary>
public abstract record ResultSource
{
    private protected ResultSource()
    {
    }
}

/// <summary>One metrics file for each task.</summary>
/// <param name="PathOf">The absolute path of a task's metrics file, whether or not it exists. Called from several threads.</param>
public sealed record ResultFiles(Func<long, string> PathOf) : ResultSource;

/// <summary>
/// Files with one record a line, <c>{"task":3,"metrics":{...}}</c>. Of several records of a task the last one counts: that of the
/// later file, and in a file the later line.
/// </summary>
/// <param name="Paths">The absolute paths, oldest first.</param>
public sealed record PackedResults(IReadOnlyList<string> Paths) : ResultSource;
