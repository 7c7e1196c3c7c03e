namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Names the shipped schema that is generated from a request record and that its JSON is validated against.</summary>
/// <param name="name">The operation's name in kebab-case, such as <c>submit-flow</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class InputSchemaAttribute(string name) : Attribute
{
    /// <summary>The operation's name, as <see cref="SchemaStore.Load"/> takes it.</summary>
    public string Name { get; } = name;
}
