using System.CommandLine;

namespace HpcAgent.Cli;

/// <summary>One option of the command line, made from a property of an input schema.</summary>
internal sealed class SchemaOption
{
    private readonly Option<string[]>? _list;
    private readonly Option<string?>? _text;
    private readonly Option<bool>? _flag;

    public SchemaOption(RequestProperty property)
    {
        Property = property;
        string name = property.OptionName;
        string value = property.Type switch { "string" => "text", RequestProperty.Anything => "json", _ => "number" };
        if (property.IsList)
            Option = _list = new Option<string[]>(name) { Description = property.Description, HelpName = value + " ...", AllowMultipleArgumentsPerToken = true };
        else if (property.Type == "boolean") Option = _flag = new Option<bool>(name) { Description = property.Description };
        else Option = _text = new Option<string?>(name) { Description = property.Description, HelpName = value, Arity = property.Type == RequestProperty.Anything ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne };
    }

    public RequestProperty Property { get; }

    public Option Option { get; }

    public bool IsGiven(ParseResult parsed) => parsed.GetResult(Option) is { Implicit: false };

    /// <summary>What the option was given.</summary>
    public IReadOnlyList<string> Values(ParseResult parsed)
    {
        if (_flag is not null) return [parsed.GetValue(_flag) ? bool.TrueString : bool.FalseString];
        return _text is not null ? [parsed.GetValue(_text) ?? ""] : parsed.GetValue(_list!)!;
    }
}
