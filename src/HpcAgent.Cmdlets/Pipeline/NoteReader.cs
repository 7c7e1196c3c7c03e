using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Reflection;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>
/// Reads the note properties of custom objects that come one after the other and mostly have the same names. To enumerate
/// <see cref="PSObject.Properties"/> asks type tables and adapters too, which costs ten times what the notes alone do (4 µs), and
/// <see cref="PSObject.TypeNames"/> makes a copy that may be changed (1.2 µs); so both are taken from where PowerShell keeps them, where
/// that can be had, and else by the public way.
/// </summary>
internal sealed class NoteReader
{
    private const string PlainType = "System.Management.Automation.PSCustomObject";

    private static readonly Func<PSObject, PSMemberInfoCollection<PSMemberInfo>>? s_own = typeof(PSObject)
        .GetProperty("InstanceMembers", BindingFlags.Instance | BindingFlags.NonPublic)?.GetMethod?
        .CreateDelegate<Func<PSObject, PSMemberInfoCollection<PSMemberInfo>>>();

    private static readonly Func<PSObject, Collection<string>>? s_types = typeof(PSObject)
        .GetProperty("InternalTypeNames", BindingFlags.Instance | BindingFlags.NonPublic)?.GetMethod?
        .CreateDelegate<Func<PSObject, Collection<string>>>();

    private readonly List<string> _names = [];
    private readonly List<object?> _values = [];
    private string[] _last = [];

    /// <summary>The first of the type names of an object.</summary>
    public static string TypeName(PSObject item) => (s_types is null ? item.TypeNames : s_types(item))[0];

    /// <summary>Adds a custom object as a task.</summary>
    /// <param name="tasks">Where it is added.</param>
    /// <param name="item">The object.</param>
    /// <param name="type">Its <see cref="TypeName"/>.</param>
    public void AddTo(TaskCollector tasks, PSObject item, string type)
    {
        _names.Clear();
        _values.Clear();
        // What has a type name of its own may have further notes in a type table.
        if (s_own is not null && type == PlainType) Take(s_own(item));
        else Take(item.Properties);
        if (!_last.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_names))) _last = [.. _names];
        tasks.Add(_last, [.. _values]);
    }

    private void Take<T>(PSMemberInfoCollection<T> members)
        where T : PSMemberInfo
    {
        foreach (T member in members)
        {
            if (member.MemberType != PSMemberTypes.NoteProperty) continue;
            _names.Add(member.Name);
            _values.Add(PlainValue.Of(member.Value));
        }
    }
}
