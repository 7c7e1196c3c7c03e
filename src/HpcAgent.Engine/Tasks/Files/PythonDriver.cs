namespace HpcAgent.Engine.Tasks;

/// <summary>The Python program that evaluates a <c>tasks.py</c>.</summary>
internal static class PythonDriver
{
    /// <summary>The exit code after an error that was written to the error file.</summary>
    public const int ReportedError = 3;

    /// <summary>
    /// Arguments: the task file, the output (one JSON object a line) and the error file (one JSON object). What the user's
    /// code prints goes to the process's own streams and disturbs nothing.
    /// </summary>
    public const string Text = """
        import sys, os, json, operator, importlib.util, traceback
        path, out, err = sys.argv[1:4]
        sys.argv[:] = [path]
        task = None

        def stop(message, line=None, file=None):
            with open(err, 'w', encoding='ascii') as f:
                json.dump({'message': message, 'line': line, 'file': file, 'task': task}, f)
            os._exit(3)

        def problem(v):
            if v is None or isinstance(v, (bool, int, float, str)):
                return None
            if isinstance(v, (list, tuple)):
                return next(filter(None, map(problem, v)), None)
            if isinstance(v, dict):
                for k in v:
                    if not isinstance(k, str):
                        return 'a map with the key %r, which is not text' % (k,)
                return next(filter(None, map(problem, v.values())), None)
            t = type(v)
            return 'a value of type %s.%s, which is not JSON' % (t.__module__, t.__qualname__)

        def main():
            global task
            spec = importlib.util.spec_from_file_location('hpc_tasks', path)
            module = importlib.util.module_from_spec(spec)
            sys.modules['hpc_tasks'] = module
            spec.loader.exec_module(module)
            for name in ('total', 'resolve'):
                if not callable(getattr(module, name, None)):
                    stop('there is no function %s()' % name)
            n = module.total()
            try:
                n = operator.index(n)
            except TypeError:
                stop('total() gave %r, which is not an integer' % (n,))
            if n < 0:
                stop('total() gave %d' % n)
            with open(out, 'w', encoding='ascii', newline='\n') as f:
                for task in range(n):
                    value = module.resolve(task)
                    if not isinstance(value, dict):
                        stop('resolve(%d) gave a %s instead of a dict' % (task, type(value).__name__))
                    for k, v in value.items():
                        if not isinstance(k, str):
                            stop('resolve(%d) gave the key %r, which is not text' % (task, k))
                        p = problem(v)
                        if p:
                            stop('resolve(%d) gave for %r %s' % (task, k, p))
                    f.write(json.dumps(value) + '\n')

        try:
            main()
        except SyntaxError as e:
            stop(traceback.format_exception_only(type(e), e)[-1].strip(), e.lineno, e.filename)
        except BaseException as e:
            frames = traceback.extract_tb(e.__traceback__)
            own = [f for f in frames if f.filename == path] or [f for f in frames if f.filename != '<string>']
            last = own[-1] if own else None
            stop(traceback.format_exception_only(type(e), e)[-1].strip(), last and last.lineno, last and last.filename)
        """;
}
