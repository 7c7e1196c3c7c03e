using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations;

/// <summary>One thing that the product can do, the same for every face: a request goes in, a result comes out.</summary>
/// <typeparam name="TRequest">The request, from which the input schema is made.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public abstract class Operation<TRequest, TResult> : IOperation
    where TRequest : class
{
    /// <inheritdoc />
    public abstract string Name { get; }

    /// <inheritdoc />
    public abstract string Summary { get; }

    /// <inheritdoc />
    public abstract OperationKind Kind { get; }

    /// <summary>The request that an empty object makes, where nothing is required: it then need not be checked. Else null.</summary>
    protected virtual TRequest? EmptyRequest => null;

    /// <summary>How the request is read from JSON.</summary>
    protected abstract JsonTypeInfo<TRequest> RequestType { get; }

    /// <summary>Carries the request out.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Stops it at the next safe point.</param>
    /// <exception cref="HpcException">It cannot be carried out.</exception>
    public abstract Task<TResult> ExecuteAsync(TRequest request, OperationContext context, CancellationToken cancellationToken);

    /// <summary>Checks a request that comes as JSON against the input schema and reads it.</summary>
    /// <param name="input">The request.</param>
    /// <exception cref="HpcException">It does not fit; all that is wrong is named.</exception>
    public TRequest Read(JsonElement input)
    {
        // Compiling the schema and the deserialiser takes longer than most queries.
        if (EmptyRequest is { } empty && input.ValueKind == JsonValueKind.Object && !input.EnumerateObject().MoveNext()) return empty;
        IReadOnlyList<SchemaProblem> problems = SchemaValidator.Validate(SchemaStore.Load(Name), input);
        return problems.Count == 0
            ? input.Deserialize(RequestType)!
            : throw SchemaValidator.ToException(problems, $"the request for {Name}");
    }

    /// <inheritdoc />
    public virtual async Task<Action<Utf8JsonWriter>> ExecuteJsonAsync(
        JsonElement input, OperationContext context, CancellationToken cancellationToken)
    {
        TResult result = await ExecuteAsync(Read(input), context, cancellationToken);
        return writer => WriteData(writer, result);
    }

    /// <summary>Writes the result as the <c>data</c> of the JSON answer.</summary>
    /// <param name="writer">The writer, at the place of the object.</param>
    /// <param name="result">The result.</param>
    protected abstract void WriteData(Utf8JsonWriter writer, TResult result);
}
