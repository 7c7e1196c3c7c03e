using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

/// <summary>A request with one property of every kind that real requests have.</summary>
[InputSchema("sample")]
[Description("Everything that a request can hold.")]
internal sealed record SampleRequest
{
    [Description("Who: user@host."), RegularExpression("[^@]+@[^@]+")]
    public required string SshTarget { get; init; }

    [Range(1, int.MaxValue)]
    public required long TotalTasks { get; init; }

    [AllowedValues("slurm", "sge")]
    public string Backend { get; init; } = "slurm";

    [AllowedValues("uv", "conda")]
    public string? Runtime { get; init; }

    [DisallowNull, MaxLength(8)]
    public string? CampaignId { get; init; }

    [DefaultValue(true)]
    public bool Canary { get; init; } = true;

    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double? Fraction { get; init; }

    public SampleColour Colour { get; init; }

    public SampleColour? SecondColour { get; init; }

    [JsonSchemaType("string", "number"), Description("0:30:00, or seconds.")]
    public JsonElement Walltime { get; init; }

    [JsonSchemaType("object")]
    public JsonElement? Features { get; init; }

    public object? Anything { get; init; }

    [MinLength(1), RegularExpression("^[A-Z_]+$")]
    public IReadOnlyList<string>? PassEnvKeys { get; init; }

    public ISet<string>? Tags { get; init; }

    [RegularExpression("^[^,]*$")]
    public IReadOnlyDictionary<string, string>? JobEnv { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    [Description("What one task asks for.")]
    public SampleResources? Resources { get; init; }

    public IReadOnlyList<SampleResources>? Alternatives { get; init; }

    public SampleNode? Tree { get; init; }

    public DateTimeOffset? NotBefore { get; init; }
}

internal sealed record SampleResources([Range(1, 4096)] int Cpus, [property: Description("In mebibytes.")] long MemMb = 1024, string? Gpu = null);

[Description("A node of a tree.")]
internal sealed record SampleNode
{
    public required string Name { get; init; }

    public IReadOnlyList<SampleNode>? Children { get; init; }
}

internal enum SampleColour
{
    DarkRed,
    Blue,
}
