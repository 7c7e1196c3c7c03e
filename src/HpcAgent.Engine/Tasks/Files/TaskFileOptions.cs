namespace HpcAgent.Engine.Tasks;

/// <summary>How a task file is read.</summary>
public sealed record TaskFileOptions
{
    /// <summary>Keeps every value of a CSV file as text instead of typing it as JSON.</summary>
    public bool AsText { get; init; }

    /// <summary>
    /// The Python for a <c>tasks.py</c>: a path or a name on PATH; null takes the variable HPC_PYTHON, else python3, else
    /// python.
    /// </summary>
    public string? Python { get; init; }
}
