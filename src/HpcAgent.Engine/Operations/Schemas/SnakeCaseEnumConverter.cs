using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Writes an enum as snake_case text and reads nothing else, no numbers; for <c>[JsonConverter]</c> on the enum.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public sealed class SnakeCaseEnumConverter<TEnum>()
    : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
