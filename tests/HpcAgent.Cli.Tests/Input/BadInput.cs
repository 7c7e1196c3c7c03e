namespace HpcAgent.Cli.Tests.Input;

/// <summary>A request that cannot work, and what must be said about it.</summary>
public sealed record BadInput(string Name, string Spec, params string[] Says)
{
    public string Code { get; init; } = "spec_invalid";

    public int Exit { get; init; } = 1;

    /// <summary>Files in the experiment: name and content.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public override string ToString() => Name;

    public static IReadOnlyList<BadInput> All { get; } =
    [
        new("empty sweep", """{"command": "true", "tasks": []}""", "empty"),
        new("grid with an empty axis", """{"command": "true", "tasks_file": "grid.yaml"}""", "lr") { Files = File("grid.yaml", "grid:\n  lr: []\n  seed: [1]\n") },
        new("duplicate task", """{"command": "true", "tasks": [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}, {"b": "x", "a": 1}]}""", "0", "2", "same"),
        new("parameter that shadows PATH", """{"command": "true", "tasks": [{"path": "x"}]}""", "'path'", "PATH", "shadow"),
        new("reserved prefix", """{"command": "true", "tasks": [{"slurm_id": "x"}]}""", "'slurm_id'", "SLURM_"),
        new("two parameters of one variable", """{"command": "true", "tasks": [{"a-b": 1, "a_b": 2}]}""", "'a-b'", "'a_b'", "HPC_KW_A_B"),
        new("template without a part per task", """{"command": "true", "result_dir_template": "{model}", "tasks": [{"model": "m", "i": 0}, {"model": "m", "i": 1}]}""", "{model}", "tasks 0 and 1"),
        new("template whose parts run together", """{"command": "true", "result_dir_template": "{a}{task_id}", "tasks": [{"a": 0}, {"a": 1}, {"a": 11}, {"a": 3}, {"a": 4}, {"a": 5}, {"a": 6}, {"a": 7}, {"a": 8}, {"a": 9}, {"a": 10}, {"a": 13}, {"a": 1, "z": 1}]}""", "{a}{task_id}", "tasks 2 and 12"),
        new("template outside of the results", """{"command": "true", "result_dir_template": "../{i}", "tasks": [{"i": 0}]}""", "../{i}"),
        new("template with an open brace", """{"command": "true", "result_dir_template": "a/{i", "tasks": [{"i": 0}]}""", "character 3"),
        new("template with an unknown name", """{"command": "true", "result_dir_template": "{j}", "tasks": [{"i": 0}]}""", "'j'"),
        new("unknown placeholder", """{"command": "train --lr {lrr}", "tasks": [{"lr": 0.1}]}""", "lrr", "{{lrr}}", "lr"),
        new("placeholder that only some tasks have", """{"command": "train {lr}", "tasks": [{"lr": 0.1}, {"seed": 1}]}""", "{lr}", "task 1"),
        new("placeholder in another form", """{"command": "train {lr:.3f}", "tasks": [{"lr": 0.1}]}""", "{lr:.3f}"),
        new("unknown field", """{"comand": "true", "tasks": [{"i": 0}]}""", "comand", "command"),
        new("malformed request", "{\"command\": \"true\",\n \"tasks\": [}", "2:12"),
        new("repeated field", "{\"command\": \"true\",\n \"tasks\": [{\"i\": 0}],\n \"command\": \"false\"}", "command", "3:"),
        new("request that is a list", "[]", "object"),
        new("wrong type", "{\"command\": \"true\",\n \"cpus\": \"two\", \"tasks\": [{\"i\": 0}]}", "cpus", "integer"),
        new("several problems at once", """{"command": 5, "cpus": 0, "tasks": [{"i": 0}]}""", "command", "cpus"),
        new("malformed yaml", """{"command": "true"}""", ".hpc/tasks.yaml:2:") { Files = File(".hpc/tasks.yaml", "grid:\n  lr: [0.1, 0.2\n  seed: 1\n") },
        new("yaml with a repeated key", """{"command": "true"}""", ".hpc/tasks.yaml:3:", "lr") { Files = File(".hpc/tasks.yaml", "grid:\n  lr: [1]\n  lr: [2]\n") },
        new("malformed csv", """{"command": "true"}""", ".hpc/tasks.csv:3:") { Files = File(".hpc/tasks.csv", "a,b\n1,2\n3,\"4\n") },
        new("csv with a short row", """{"command": "true"}""", ".hpc/tasks.csv:3") { Files = File(".hpc/tasks.csv", "a,b\n1,2\n3\n") },
        new("malformed json tasks", """{"command": "true"}""", ".hpc/tasks.json:2:") { Files = File(".hpc/tasks.json", "[{\"a\": 1},\n {\"a\": 1,}]\n") },
        new("malformed json line", """{"command": "true"}""", ".hpc/tasks.jsonl:2:") { Files = File(".hpc/tasks.jsonl", "{\"a\": 1}\n{\"a\": nope}\n") },
        new("tasks.py that raises", """{"command": "true"}""", "tasks.py", "ValueError", "no luck today") { Files = File(".hpc/tasks.py", "def total():\n    return 2\ndef resolve(i):\n    raise ValueError('no luck today')\n") },
        new("tasks.py without a function", """{"command": "true"}""", "tasks.py", "resolve") { Files = File(".hpc/tasks.py", "def total():\n    return 2\n") },
        new("no tasks", """{"command": "true"}""", "no tasks", ".hpc/tasks."),
        new("two files of tasks", """{"command": "true"}""", "tasks.csv", "tasks.json") { Files = new Dictionary<string, string>(StringComparer.Ordinal) { [".hpc/tasks.csv"] = "a\n1\n", [".hpc/tasks.json"] = "[{\"a\": 1}]" } },
        new("two sources of tasks", """{"command": "true", "tasks": [{"i": 0}], "tasks_file": "t.csv"}""", "more than one"),
        new("tasks file that is not there", """{"command": "true", "tasks_file": "nowhere.csv"}""", "nowhere.csv"),
        new("tasks file of an unknown kind", """{"command": "true", "tasks_file": "t.toml"}""", "t.toml") { Files = File("t.toml", "a = 1") },
        new("run id that leaves the folder", """{"command": "true", "run_id": "../x", "tasks": [{"i": 0}]}""", "run_id"),
        new("run id of dots", """{"command": "true", "run_id": "..", "tasks": [{"i": 0}]}""", "'..'"),
        new("state folder below a file", """{"command": "true", "tasks": [{"i": 0}]}""", "state-file") { Code = "config_invalid", Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HPC_JOURNAL_DIR"] = "{root}/state-file/below" } },
        new("state folder that is relative", """{"command": "true", "tasks": [{"i": 0}]}""", "some/where") { Code = "config_invalid", Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HPC_JOURNAL_DIR"] = "some/where" } },
        new("slots that are no number", """{"command": "true", "tasks": [{"i": 0}]}""", "HPC_LOCAL_SLOTS", "many") { Code = "config_invalid", Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HPC_LOCAL_SLOTS"] = "many" } },
        new("more processors than the machine has", """{"command": "true", "cpus": 3, "tasks": [{"i": 0}]}""", "3 processors", "2"),
        new("more memory than the machine has", """{"command": "true", "memory": "900T", "tasks": [{"i": 0}]}""", "memory", "this machine has"),
        new("graphics processors", """{"command": "true", "gpus": 1, "tasks": [{"i": 0}]}""", "graphics"),
        new("bare number as time limit", """{"command": "true", "walltime": "30", "tasks": [{"i": 0}]}""", "'30'", "30 seconds", "30 minutes"),
        new("time limit in two parts", """{"command": "true", "walltime": "48:00", "tasks": [{"i": 0}]}""", "48 hours", "48 minutes"),
        new("negative time limit", """{"command": "true", "walltime": "-5m", "tasks": [{"i": 0}]}""", "'-5m'"),
        new("bare number as memory", """{"command": "true", "memory": "8", "tasks": [{"i": 0}]}""", "'8'", "bytes"),
        new("unknown cluster", """{"command": "true", "cluster": "discovery", "tasks": [{"i": 0}]}""", "'discovery'") { Code = "cluster_unknown" },
        new("another number of tasks", """{"command": "true", "total_tasks": 3, "tasks": [{"i": 0}]}""", "3 tasks", "1"),
        new("dispatcher as executor", """{"executor": "python3 .hpc/_hpc_dispatch.py", "tasks": [{"i": 0}]}""", "dispatcher"),
        new("NUL in a value", """{"command": "true", "tasks": [{"i": "a\u0000b"}]}""", "Task 0", "'i'", "NUL"),
        new("NUL in the command", """{"command": "echo \u0000", "tasks": [{"i": 0}]}""", "NUL"),
        new("half a character in a value", """{"command": "true", "tasks": [{"i": "\ud83d"}]}""", "1:37"),
        new("empty command", """{"command": " ", "tasks": [{"i": 0}]}""", "empty"),
        new("only a comment as command", """{"command": "# nothing", "tasks": [{"i": 0}]}""", "empty"),
        new("no command", """{"tasks": [{"i": 0}]}""", "no command"),
        new("command and arguments", """{"command": "true", "arguments": ["true"], "tasks": [{"i": 0}]}""", "more than one"),
        new("unbalanced quote", """{"command": "echo 'abc", "tasks": [{"i": 0}]}""", "quote"),
        new("large value as text", "{\"command\": \"echo {v}\", \"tasks\": [{\"v\": \"" + new string('x', 70000) + "\"}]}", "{v}", "70000", "{v:file}"),
        new("wait for a run that is not there", """{"command": "true", "after": ["nobody"], "tasks": [{"i": 0}]}""", "'nobody'"),
        new("no variables of all", """{"command": "true", "pass_env_keys": [], "tasks": [{"i": 0}]}""", "pass_env_keys"),
        new("variable that cannot be", """{"command": "true", "env": {"A=B": "c"}, "tasks": [{"i": 0}]}""", "'A=B'"),
        new("task that is no map", """{"command": "true", "tasks": [{"i": 0}, [1]]}""", "Task 1"),
        new("shell that is not there", """{"command": "true", "shell": "/no/such/shell", "tasks": [{"i": 0}]}""", "/no/such/shell") { Code = "executor_not_found" },
        new("a canary alone and none", """{"command": "true", "canary": false, "canary_only": true, "tasks": [{"i": 0}]}""", "canary_only"),
        new("a canary in every case and none", """{"command": "true", "canary": false, "force_canary": true, "tasks": [{"i": 0}]}""", "force_canary"),
        new("canary that is no task", """{"command": "true", "canary": true, "canary_skip_threshold": 0, "canary_task": 1, "tasks": [{"i": 0}]}""", "task 1", "1 tasks"),
        new("canary with another id", """{"command": "echo {task_id}", "canary": true, "canary_skip_threshold": 0, "canary_task": 1, "tasks": [{"i": 0}, {"i": 1}]}""", "task's id"),
        new("nothing at all", "", "standard input"),
    ];

    private static Dictionary<string, string> File(string name, string content) => new(StringComparer.Ordinal) { [name] = content };
}
