namespace HpcAgent.Engine.Reporting;

/// <summary>The colours of a report. Those of states are from Okabe and Ito's set ("Color Universal Design", 2008), which colour-blind readers tell apart, lighter on dark.</summary>
internal static class Palette
{
    /// <summary>Names and values on a light ground.</summary>
    public static IReadOnlyList<(string Name, string Value)> Light { get; } =
    [
        ("page", "#f6f7f9"), ("card", "#ffffff"), ("ink", "#1b1f24"), ("soft", "#545d68"), ("line", "#d9dde3"), ("link", "#0b5cad"),
        ("complete", "#0072b2"), ("failed", "#d55e00"), ("running", "#e69f00"), ("waiting", "#d3d8de"), ("unknown", "#cc79a7"),
        ("mean", "#0072b2"), ("limit", "#1b1f24"), ("warn", "#fff4d6"),
    ];

    /// <summary>Names and values on a dark ground.</summary>
    public static IReadOnlyList<(string Name, string Value)> Dark { get; } =
    [
        ("page", "#14171b"), ("card", "#1d2127"), ("ink", "#e8ebef"), ("soft", "#a9b2bd"), ("line", "#363d46"), ("link", "#7db8f0"),
        ("complete", "#56b4e9"), ("failed", "#f0803c"), ("running", "#f0c040"), ("waiting", "#454d57"), ("unknown", "#dd9cc0"),
        ("mean", "#56b4e9"), ("limit", "#e8ebef"), ("warn", "#3a3116"),
    ];

    /// <summary>The names of text and of the grounds on which it stands.</summary>
    public static IReadOnlyList<(string Text, string Ground)> TextPairs { get; } =
    [
        ("ink", "page"), ("ink", "card"), ("soft", "page"), ("soft", "card"), ("link", "page"), ("link", "card"), ("ink", "warn"),
    ];

    /// <summary>The declarations of a style sheet.</summary>
    public static string Declarations(IReadOnlyList<(string Name, string Value)> colours) => string.Concat(colours.Select(c => $"--{c.Name}:{c.Value};"));
}
