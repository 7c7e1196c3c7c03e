namespace HpcAgent;

/// <summary>An error that a person or a program can act on: a code, what failed and where, and the next thing to do.</summary>
public sealed class HpcException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">The code that programs branch on.</param>
    /// <param name="message">One sentence: what failed, on which object, in which place.</param>
    /// <param name="remediation">What to do next; null takes the advice that belongs to the code.</param>
    /// <param name="inner">The cause, if another error caused this one.</param>
    public HpcException(ErrorCode code, string message, string? remediation = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Remediation = remediation;
    }

    /// <summary>The code that programs branch on.</summary>
    public ErrorCode Code { get; }

    /// <summary>What to do next, or null where the code's own advice is all there is to say.</summary>
    public string? Remediation { get; }

    /// <summary>What the error is about, where there is an object that says more than the message; else null.</summary>
    public object? Subject { get; init; }
}
