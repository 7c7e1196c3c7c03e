namespace HpcAgent.Engine.Hosts;

/// <summary>What came of an exchange, before anyone judges it.</summary>
internal sealed record ExchangeResult
{
    /// <summary>True if the script certainly began.</summary>
    public required bool HasBegun { get; init; }

    /// <summary>The exit status of the script, if the answer is whole.</summary>
    public required int? ExitStatus { get; init; }

    /// <summary>The parts that came.</summary>
    public required IReadOnlyList<AnswerPart> Parts { get; init; }

    /// <summary>False if a part of the script was never handed over, so that it cannot run.</summary>
    public required bool IsTextSent { get; init; }

    /// <summary>True if the program was ended here, for the cancellation or for <see cref="OwnError"/>.</summary>
    public required bool IsInterrupted { get; init; }

    /// <summary>True if the caller wished the end, rather than the deadline.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>An error of the payload or of what takes the answer.</summary>
    public required Exception? OwnError { get; init; }

    /// <summary>How the program ended, if it did.</summary>
    public required int? ProgramExitCode { get; init; }

    /// <summary>The end of what came on standard error.</summary>
    public required string ErrorText { get; init; }

    /// <summary>The start of what came before the answer.</summary>
    public required string Preface { get; init; }

    /// <summary>Bytes sent.</summary>
    public required long BytesUp { get; init; }

    /// <summary>Bytes received.</summary>
    public required long BytesDown { get; init; }
}
