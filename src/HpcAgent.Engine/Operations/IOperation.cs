using System.Text.Json;

namespace HpcAgent.Engine.Operations;

/// <summary>An operation as the catalogue lists it.</summary>
public interface IOperation
{
    /// <summary>The verb of the command line, and the name of the input schema.</summary>
    string Name { get; }

    /// <summary>What it does, in one sentence.</summary>
    string Summary { get; }

    /// <summary>What kind of effect it has.</summary>
    OperationKind Kind { get; }

    /// <summary>Checks a request against the input schema and carries it out.</summary>
    /// <param name="input">The request.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Stops it at the next safe point.</param>
    /// <returns>Writes the answer's <c>data</c>.</returns>
    Task<Action<Utf8JsonWriter>> ExecuteJsonAsync(JsonElement input, OperationContext context, CancellationToken cancellationToken);
}
