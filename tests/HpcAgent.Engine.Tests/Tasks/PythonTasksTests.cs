using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class PythonTasksTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<TaskSet> Open(string code, string name = ".hpc/tasks.py", string? python = null)
    {
        Skip.If(PythonOracle.Find() is null, "python3 is not here.");
        return await TaskFile.OpenAsync(_folder.Write(name, code), new() { Python = python ?? "python3" });
    }

    [SkippableFact]
    public async Task Tasks_are_evaluated_once_and_prints_disturb_nothing()
    {
        _folder.Write("data.txt", "7");
        var tasks = await Open("""
            import sys
            print('{"noise": 1}'); print('more', file=sys.stderr)
            n = int(open('data.txt').read())
            FLAGS = {'m': ['x']}
            def total():
                print('x' * 100000)
                return 3
            def resolve(i):
                print(i)
                return {'i': i, 'x': [float('nan'), 1e16, (1, 'é😀')], 'n': n, 'big': 10**30, 'm': {'b': None, 'a': True}}
            """);
        Assert.Equal(3, tasks.Count);
        var text = tasks.Read().Select(task => PlainText.Of(task.Parameters)).ToArray();
        Assert.Equal(
            "{\"i\":2,\"x\":[NaN,1e+16,[1,\"\u00e9\U0001F600\"]],\"n\":7,\"big\":1000000000000000000000000000000,\"m\":{\"b\":null,\"a\":true}}",
            text[2]);
        Assert.Equal(text, tasks.Read().Select(task => PlainText.Of(task.Parameters)));
        Assert.False(Directory.Exists(Path.Combine(_folder.Root, ".hpc", "__pycache__")));
    }

    [SkippableFact]
    public async Task The_identity_of_the_shipped_example_is_the_originals()
    {
        var tasks = await Open("""
            import itertools
            _TASKS = [{'seed': s, 'model': m} for s, m in itertools.product([42, 1337], ['v1', 'v2'])]
            def total(): return len(_TASKS)
            def resolve(task_id): return _TASKS[task_id]
            """);
        Assert.Equal("b6e09a261e4d3e9cad34da87cacacb63c34436e433477aa9df907cecae5035d4", TaskIdentity.Compute(tasks).CmdSha);
    }

    [SkippableTheory]
    [InlineData("def total(): return 2\ndef resolve(i):\n    return {'a': 1 // (1 - i)}\n", "tasks.py:3: ZeroDivisionError", "(task 1)")]
    [InlineData("import json\ndef total(): return 1\ndef resolve(i):\n    return json.loads('{')\n", "tasks.py:4: json.decoder.JSONDecodeError", "(task 0)")]
    [InlineData("def total(:\n", "tasks.py:1: SyntaxError", "")]
    [InlineData("import no_such_module\n", "tasks.py:1: ModuleNotFoundError", "")]
    [InlineData("def total(): return 1\n", "no function resolve()", "")]
    [InlineData("def total(): return 'x'\ndef resolve(i): return {}\n", "total() gave 'x'", "")]
    [InlineData("def total(): return 2\ndef resolve(i): return [1]\n", "resolve(0) gave a list", "")]
    [InlineData("def total(): return 2\ndef resolve(i): return {i: 1}\n", "the key 0, which is not text", "(task 0)")]
    [InlineData("def total(): return 2\ndef resolve(i): return {'a': [{1: 2}]}\n", "resolve(0) gave for 'a' a map with the key 1", "")]
    [InlineData("def total(): return 2\ndef resolve(i): return {'a': 1 if i == 0 else {1}}\n", "resolve(1) gave for 'a' a value of type builtins.set", "(task 1)")]
    [InlineData("raise SystemExit(0)\n", "SystemExit", "")]
    [InlineData("import os\nos._exit(5)\n", "ended with 5", "")]
    [InlineData("def total(): return int(input())\ndef resolve(i): return {}\n", "EOFError", "")]
    public async Task Faults_of_the_file_are_told_with_their_place(string code, string message, string also)
    {
        var error = await Assert.ThrowsAsync<HpcException>(() => Open(code));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(also, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-python")]
    [InlineData("/no/such/python")]
    public async Task A_missing_python_is_told_with_the_remedy(string python)
    {
        var path = _folder.Write("tasks.py", "");
        var error = await Assert.ThrowsAsync<HpcException>(() => TaskFile.OpenAsync(path, new() { Python = python }));
        Assert.Equal(ErrorCode.ExecutorNotFound, error.Code);
        Assert.Contains("HPC_PYTHON", error.Remediation!, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_endless_file_can_be_cancelled()
    {
        Skip.If(PythonOracle.Find() is null, "python3 is not here.");
        var started = Path.Combine(_folder.Root, "started");
        var path = _folder.Write("tasks.py", $"open({PlainText.Of(new object?[] { started })}[0], 'w').close()\nwhile True: pass\n");
        using var source = new CancellationTokenSource();
        var open = TaskFile.OpenAsync(path, new() { Python = "python3" }, source.Token);
        while (!File.Exists(started)) await Task.Delay(5);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open);
    }
}
