namespace HpcAgent.Engine.Operations;

/// <summary>Who has to act on an error; it decides the exit code of the command line.</summary>
public enum ErrorCategory
{
    /// <summary>The caller: exit code 1.</summary>
    User,

    /// <summary>The cluster: exit code 2.</summary>
    Cluster,

    /// <summary>The network: exit code 2.</summary>
    Network,

    /// <summary>This program: exit code 3.</summary>
    Internal,
}

/// <summary>What an error code means to a caller.</summary>
/// <param name="Name">The code in JSON.</param>
/// <param name="Category">Who has to act.</param>
/// <param name="IsRetrySafe">True if the same request may be sent again as it is.</param>
/// <param name="Remediation">What to do, where the error itself does not say.</param>
public sealed record ErrorEntry(string Name, ErrorCategory Category, bool IsRetrySafe, string Remediation)
{
    /// <summary>The exit code of the command line.</summary>
    public int ExitCode => Category switch { ErrorCategory.User => 1, ErrorCategory.Internal => 3, _ => 2 };
}
