namespace HpcAgent.Engine.Hosts;

/// <summary>What a script answered. Banners, module noise and whatever else came before or after it are not in it.</summary>
public sealed record HostAnswer
{
    /// <summary>The exit status of the script.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The parts in the order of <c>hpc_part</c>; what is printed before the first is the part with the empty name.</summary>
    public required IReadOnlyList<AnswerPart> Parts { get; init; }

    /// <summary>The end of what came on standard error, at most 8 KiB.</summary>
    public string ErrorText { get; init; } = "";

    /// <summary>What the login shell printed before the script began, such as a banner; at most a few lines.</summary>
    public string Preface { get; init; } = "";

    /// <summary>What it cost.</summary>
    public Wire Wire { get; init; } = new();

    /// <summary>The content of the first part of a name, or null if there is none.</summary>
    /// <param name="name">The name.</param>
    public ReadOnlyMemory<byte>? Find(string name)
    {
        foreach (AnswerPart part in Parts)
            if (part.Name == name) return part.Content;
        return null;
    }

    /// <summary>The text of the first part of a name, without blanks at its end; empty if there is none.</summary>
    /// <param name="name">The name.</param>
    public string Text(string name) =>
        Find(name) is { } content ? System.Text.Encoding.UTF8.GetString(content.Span).TrimEnd() : "";
}

/// <summary>One part of an answer.</summary>
/// <param name="Name">Its name: ASCII without blanks.</param>
/// <param name="Content">Its bytes, as they were printed.</param>
public sealed record AnswerPart(string Name, ReadOnlyMemory<byte> Content);
