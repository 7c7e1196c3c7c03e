namespace HpcAgent.Engine.Tasks;

/// <summary>
/// A user's command in which <c>{name}</c> stands for a parameter. In the shell text that is made of it each one is a reference to
/// a variable, quoted for its place, so that no value is ever read as shell text.
/// </summary>
/// <remarks>
/// <c>{name:file}</c> is the path of a file that holds the value. <c>{task_id}</c> and <c>{run_id}</c> are what they say unless
/// a parameter has that name. <c>{{</c> and <c>}}</c> stand for single braces. Braces right after <c>$</c>, and those whose content
/// does not look like a name (<c>{print $1}</c>, <c>{a,b}</c>, <c>{1..3}</c>, <c>{}</c>), stay as they are.
/// </remarks>
public sealed class CommandTemplate
{
    /// <summary>A value of more bytes than this is not exported: one string of 128 KiB makes every later <c>exec</c> fail.</summary>
    public const int LargeValueBytes = 65536;

    private CommandTemplate(string text, string shellText, PlaceholderNames names, bool isPortable)
    {
        Text = text;
        ShellText = shellText;
        References = names.References;
        FileReferences = names.FileReferences;
        IsPortable = isPortable;
    }

    /// <summary>The command as the user gave it; an argument list as one line of quoted words.</summary>
    public string Text { get; }

    /// <summary>The command for the shell.</summary>
    public string ShellText { get; }

    /// <summary>The parameters that are used as text, in the order of their first use.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>The parameters that are used by file.</summary>
    public IReadOnlyList<string> FileReferences { get; }

    /// <summary>
    /// Whether every POSIX shell does the same with this command: only plain or single-quoted words and references, and a
    /// program first.
    /// </summary>
    public bool IsPortable { get; }

    /// <summary>Reads a command line.</summary>
    /// <param name="text">Shell text with placeholders.</param>
    /// <param name="parameterNames">The names of all parameters.</param>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.SpecInvalid"/>: nothing to run, a name that is no parameter, unbalanced quotes, or a placeholder where no
    /// quoting makes it safe (arithmetic, a here-document with quoted delimiter, inside <c>${...}</c>, <c>eval</c>).
    /// </exception>
    public static CommandTemplate Parse(string text, IEnumerable<string> parameterNames)
    {
        ArgumentNullException.ThrowIfNull(text);
        CheckText(text);
        var names = new PlaceholderNames([.. parameterNames]);
        // A command from a file of Windows would otherwise end each line with a carriage return as part of its last word.
        var shellText = CommandScanner.Translate(text.Replace("\r\n", "\n", StringComparison.Ordinal), names);
        if (PortableCommand.IsEmpty(shellText)) throw Empty();
        return new(text, shellText, names, PortableCommand.Check(shellText));
    }

    /// <summary>Reads an argument list. Each argument is exactly one word; the shell sees nothing in it but the placeholders.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: no program, or a name that is no parameter.</exception>
    public static CommandTemplate FromArguments(IReadOnlyList<string> arguments, IEnumerable<string> parameterNames)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Count == 0 || arguments[0].Length == 0) throw Empty();
        var names = new PlaceholderNames([.. parameterNames]);
        var words = new List<string>(arguments.Count);
        for (var i = 0; i < arguments.Count; i++)
        {
            CheckText(arguments[i]);
            words.Add(ArgumentWord.Translate(arguments[i], i, names));
        }

        if (PortableCommand.NeedsQuotesAsProgram(words[0])) words[0] = ShellQuote.Always(words[0]);
        var shellText = string.Join(' ', words);
        return new(string.Join(' ', arguments.Select(ShellQuote.WhereNeeded)), shellText, names, PortableCommand.Check(shellText));
    }

    /// <summary>Takes a command as it is: no placeholders, no escapes. So the original runs its executors.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: nothing to run.</exception>
    public static CommandTemplate Verbatim(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        CheckText(text);
        if (PortableCommand.IsEmpty(text)) throw Empty();
        return new(text, text, new PlaceholderNames([]), PortableCommand.Check(text));
    }

    /// <summary>All that looks like a placeholder in a command, before the parameters are known; without the built-in names.</summary>
    public static IReadOnlyList<string> PlaceholderNamesIn(string text)
    {
        CheckText(text);
        var names = new PlaceholderNames(null);
        CommandScanner.Translate(text, names);
        return [.. names.References.Union(names.FileReferences, StringComparer.Ordinal)];
    }

    /// <summary>As <see cref="PlaceholderNamesIn(string)"/>, for a program and its arguments.</summary>
    public static IReadOnlyList<string> PlaceholderNamesIn(IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var names = new PlaceholderNames(null);
        var index = 0;
        foreach (var argument in arguments)
        {
            CheckText(argument);
            ArgumentWord.Translate(argument, index++, names);
        }

        return [.. names.References.Union(names.FileReferences, StringComparer.Ordinal)];
    }

    /// <summary>Refuses a command that uses a parameter which some task lacks, or as text one that some task has too large.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>, naming the parameter and the task.</exception>
    public void CheckTasks(TaskIdentity tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        foreach (var name in References.Concat(FileReferences))
        {
            if (tasks.AbsentFrom.TryGetValue(name, out var id))
                throw TaskError.Invalid(
                    FormattableString.Invariant($"The command uses {{{name}}}, but task {id} has no such parameter."),
                    "Give it to every task, as null where it has no meaning.");
        }

        foreach (var name in References)
        {
            if (tasks.LargeValues.TryGetValue(name, out var large))
                throw TaskError.Invalid(
                    FormattableString.Invariant($"The command uses {{{name}}}, but in task {large.TaskId} its value has {large.Bytes} bytes, more than {LargeValueBytes}."),
                    $"Write {{{name}:file}}, which is the path of a file that holds the value.");
        }
    }

    private static void CheckText(string text)
    {
        if (TextCheck.Problem(text) is { } problem) throw TaskError.Invalid($"The command holds {problem}.", "Remove it.");
    }

    private static HpcException Empty() => TaskError.Invalid("The command is empty.", "Give the program that each task runs.");
}
