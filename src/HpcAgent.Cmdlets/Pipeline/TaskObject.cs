using System.Collections.ObjectModel;
using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>Shows tasks and their parameters as PowerShell knows objects and dictionaries.</summary>
internal static class TaskObject
{
    /// <summary>A custom object with one note property for each parameter.</summary>
    public static PSObject Of(IReadOnlyDictionary<string, object?> parameters)
    {
        PSObject item = new();
        PSMemberInfoCollection<PSPropertyInfo> properties = item.Properties;
        foreach ((string name, object? value) in parameters)
        {
            try
            {
                properties.Add(new PSNoteProperty(name, Shown(value)), preValidated: true);
            }
            catch (PSArgumentException e)
            {
                throw new HpcException(ErrorCode.SpecInvalid, $"An object cannot have the parameter '{name}': {e.Message}", "Names that differ only in case are one property in PowerShell; rename one.", e);
            }
        }
        return item;
    }

    /// <summary>The same parameters as a read-only dictionary, so that <c>$task.Parameters.lr</c> works.</summary>
    public static IReadOnlyDictionary<string, object?> Dictionary(IReadOnlyDictionary<string, object?> parameters)
    {
        Dictionary<string, object?> copy = new(parameters.Count, StringComparer.Ordinal);
        foreach ((string name, object? value) in parameters) copy.Add(name, Shown(value));
        return new ReadOnlyDictionary<string, object?>(copy);
    }

    private static object? Shown(object? value) => value switch
    {
        null or string or double or long or bool => value,
        IReadOnlyDictionary<string, object?> map => Of(map),
        IEnumerable<object?> list => list.Select(Shown).ToArray(),
        _ => value,
    };
}
