using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>The rules for parameter names and the environment variables that carry them.</summary>
public static class ParameterNames
{
    /// <summary>What the variable of every parameter begins with.</summary>
    public const string VariablePrefix = "HPC_KW_";

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "HOME", "PATH", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "TERM", "TMPDIR", "LANG", "LC_ALL",
        "PYTHONPATH", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "PYTHONHOME",
        "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
        "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "LD_LIBRARY_PATH", "CUBLAS_WORKSPACE_CONFIG", "XLA_FLAGS", "PYTORCH_CUDA_ALLOC_CONF",
        "RESULT_DIR", "HPC_RESULT_DIR", "HPC_TASK_ID", "HPC_RUN_ID", "HPC_GPU_TYPE", "HPC_RUNTIME", "HPC_PREEMPT_GRACE_SEC",
        "HPC_NFS_DATA_DIR", "HPC_KW_NAMESPACE_ONLY", "HPC_FORCE_RERUN", "LOCAL_DATA_DIR", "JOB_ID", "TASK_ID", "NSLOTS",
    };

    private static readonly string[] ReservedPrefixes = ["SLURM_", "SGE_", "PBS_", VariablePrefix];

    /// <summary>
    /// The variable of a parameter: <c>HPC_KW_</c> and the name in ASCII upper case, every character outside
    /// <c>[A-Z0-9_]</c> as one <c>_</c>. The scalar parameter <c>_</c> is <c>HPC_KW__</c>.
    /// </summary>
    public static string VariableFor(string name) => VariablePrefix + UpperName(name);

    /// <summary>The variable that names the file of a large value.</summary>
    public static string FileVariableFor(string name) => VariableFor(name) + "_FILE";

    /// <summary>
    /// Refuses names that are empty, would shadow the environment, cannot be written in a command, or give the same variable.
    /// </summary>
    /// <exception cref="HpcException">With the code <see cref="ErrorCode.SpecInvalid"/>, naming the parameter and the reason.</exception>
    public static void Validate(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            CheckCharacters(name);
            CheckShadow(name);
            var variable = VariableFor(name);
            if (variables.TryAdd(variable, name)) continue;
            throw TaskError.Invalid(
                $"The parameters '{variables[variable]}' and '{name}' would both be the variable {variable}.", "Rename one of them.");
        }
    }

    internal static string UpperName(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var c = rune.IsAscii ? char.ToUpperInvariant((char)rune.Value) : '_';
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return text.ToString();
    }

    /// <summary>Refuses a parameter whose file variable is the variable of another.</summary>
    internal static void CheckFileVariable(string name, IEnumerable<string> names)
    {
        var variable = FileVariableFor(name);
        var clash = names.FirstOrDefault(other => string.Equals(VariableFor(other), variable, StringComparison.Ordinal));
        if (clash is not null)
            throw TaskError.Invalid(
                $"The file of parameter '{name}' would be named by {variable}, which is the variable of parameter '{clash}'.",
                "Rename one of them.");
    }

    private static void CheckCharacters(string name)
    {
        if (name.Length == 0) throw TaskError.Invalid("A parameter has an empty name.", "Give every parameter a name.");
        if (TextCheck.Problem(name) is { } problem)
            throw TaskError.Invalid($"The name of a parameter, '{Printable(name)}', holds {problem}.", "Rename it.");
        if (name.Any(char.IsControl))
            throw TaskError.Invalid($"The parameter name '{Printable(name)}' holds a control character.", "Rename it.");
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]))
            throw TaskError.Invalid($"The parameter name '{name}' begins or ends with white space.", "Remove the space.");
        if (name.AsSpan().IndexOfAny('{', '}') >= 0)
            throw TaskError.Invalid($"The parameter name '{name}' holds a brace, so no command could name it.", "Rename it.");
    }

    private static void CheckShadow(string name)
    {
        var upper = name.ToUpperInvariant();
        var prefix = Array.Find(ReservedPrefixes, prefix => upper.StartsWith(prefix, StringComparison.Ordinal));
        if (prefix is null && !Reserved.Contains(upper)) return;
        throw TaskError.Invalid(
            $"The parameter '{name}' is not possible: as a variable, {upper} "
            + (prefix is null ? "would shadow one that programs or the scheduler use." : $"begins with {prefix}, which is reserved."),
            "Rename it, for example to 'my_" + name + "'.");
    }

    private static string Printable(string name) => string.Concat(name.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
