using System.Collections;
using System.Management.Automation;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>Takes PowerShell's wrappers off values, so that the engine sees plain dictionaries, lists and scalars.</summary>
internal static class PlainValue
{
    private const int MaxDepth = 64;

    /// <summary>The same value without wrappers; a custom object becomes a map of its note properties.</summary>
    public static object? Of(object? value) => Of(value, 0);

    private static object? Of(object? value, int depth)
    {
        if (value is PSObject wrapper)
        {
            if (wrapper.BaseObject is PSCustomObject) return NotesOf(wrapper, depth);
            value = wrapper.BaseObject;
        }
        if (value is null or string or int or double or long or bool || ParameterValue.IsScalar(value)) return value;
        if (depth >= MaxDepth) throw new HpcException(ErrorCode.SpecInvalid, $"A value is nested deeper than {MaxDepth} levels.", "Flatten it, or pass a file.");
        return value switch
        {
            Hashtable map when map.GetType() == typeof(Hashtable) => Copy(map, new Hashtable(map.Count), depth),
            IDictionary map => Copy(map, new System.Collections.Specialized.OrderedDictionary(map.Count), depth),
            IEnumerable list => list.Cast<object?>().Select(item => Of(item, depth + 1)).ToArray(),
            _ => value,
        };
    }

    // Of a PSCustomObject, methods and script properties are behaviour and not data.
    private static ParameterMap NotesOf(PSObject item, int depth)
    {
        List<KeyValuePair<string, object?>> notes = [];
        foreach (PSPropertyInfo property in item.Properties)
        {
            if (property.MemberType == PSMemberTypes.NoteProperty) notes.Add(new(property.Name, Of(property.Value, depth + 1)));
        }
        return ParameterMap.Create(notes);
    }

    private static IDictionary Copy(IDictionary from, IDictionary to, int depth)
    {
        foreach (DictionaryEntry entry in from)
            to.Add(entry.Key is PSObject key ? key.BaseObject : entry.Key, Of(entry.Value, depth + 1));
        return to;
    }
}
