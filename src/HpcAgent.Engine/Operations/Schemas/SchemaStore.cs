namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The input schemas that ship with the program, generated from the request records.</summary>
public static class SchemaStore
{
    private static readonly SchemaResources Shipped = new(typeof(SchemaStore).Assembly);

    /// <summary>The names of all schemas, in ordinal order.</summary>
    public static IReadOnlyList<string> Names => Shipped.Names;

    /// <summary>The schema of an operation's input; the same instance on every call.</summary>
    /// <param name="name">The operation's name, such as <c>submit-flow</c>.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: no such schema; the advice lists all.</exception>
    public static JsonSchemaDocument Load(string name) => Shipped.Load(name);
}
