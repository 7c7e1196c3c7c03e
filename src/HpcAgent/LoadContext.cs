using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace HpcAgent;

/// <summary>
/// Where the module's assemblies live, apart from those of other modules. Only this assembly is in PowerShell's own context, so that
/// <c>[HpcAgent.Run]</c> works in scripts and no other module's libraries can clash with ours.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Trimming", "IL2026", Justification = "A module is never trimmed.")]
public sealed class LoadContext : AssemblyLoadContext
{
    private static readonly Lazy<LoadContext> s_context = new(() => new LoadContext());

    private readonly Assembly _model = typeof(LoadContext).Assembly;
    private readonly string _folder;

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "A module is never a single file.")]
    private LoadContext()
        : base("HpcAgent")
    {
        _folder = Path.GetDirectoryName(_model.Location)!;
    }

    /// <summary>The assembly of the cmdlets, loaded at the first call.</summary>
    public static Assembly Initialize() => s_context.Value.LoadFromAssemblyName(new AssemblyName("HpcAgent.Cmdlets"));

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        ArgumentNullException.ThrowIfNull(assemblyName);
        if (assemblyName.Name == _model.GetName().Name) return _model;
        string path = Path.Combine(_folder, $"{assemblyName.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
