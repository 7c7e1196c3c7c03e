BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $script:root = Split-Path $script:manifest
}

Describe 'The module' {
    It 'exports exactly what its manifest lists' {
        $listed = (Import-PowerShellDataFile $script:manifest).CmdletsToExport
        (Get-Command -Module HpcAgent).Name | Sort-Object | Should -Be ($listed | Sort-Object)
    }

    It 'shows its model to scripts and none of its engine' {
        $result = Invoke-Line '[HpcAgent.Run].FullName; "HpcAgent.Engine.Operations.OperationContext" -as [type]; "YamlDotNet.Serialization.Deserializer" -as [type]; "end"'
        $result.Output.Trim() -split '\r?\n' | Should -Be 'HpcAgent.Run', 'end'
    }

    It 'puts one assembly of its own into the default context, and brings no System.Management.Automation' {
        $line = '$null = Get-HpcCluster; $all = [AppDomain]::CurrentDomain.GetAssemblies(); ' +
            '@([Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { $_.GetName().Name } | Where-Object { $_ -like "HpcAgent*" -or $_ -like "Yaml*" }) -join ","; ' +
            '@($all | Where-Object { $_.GetName().Name -eq "System.Management.Automation" }).Count'
        (Invoke-Line $line).Output.Trim() -split '\r?\n' | Should -Be 'HpcAgent', '1'
    }

    It 'works after another YamlDotNet was loaded' -Skip:(-not ('System.Reflection.Emit.PersistedAssemblyBuilder' -as [type])) {
        $folder = New-Experiment yaml
        $null = New-Item -ItemType Directory .hpc
        Set-Content .hpc/tasks.yaml "grid: {seed: [1, 2, 3]}"
        $other = New-Assembly YamlDotNet YamlDotNet.Core.Parser $folder
        $line = "[Reflection.Assembly]::LoadFrom('$other').FullName; Import-Module '$script:manifest'; @(Import-HpcTaskSet .hpc/tasks.yaml).Count; [YamlDotNet.Core.Parser].Assembly.Location"
        $result = Invoke-Line $line -NoImport
        $result.Output.Trim() -split '\r?\n' | Should -Be 'YamlDotNet, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null', '3', $other -Because $result.All
    }

    It 'can be imported with -Force three times, and removed and imported three times' {
        $line = "1..3 | ForEach-Object { Import-Module '$script:manifest' -Force; (Get-Command -Module HpcAgent).Count }; " +
            "1..3 | ForEach-Object { Remove-Module HpcAgent; (Get-Command Get-HpcRun -ErrorAction Ignore).Count; Import-Module '$script:manifest'; @(Get-HpcCluster).Count }"
        $count = (Get-Command -Module HpcAgent).Count
        (Invoke-Line $line).Output.Trim() -split '\r?\n' | Should -Be "$count", "$count", "$count", '0', '1', '0', '1', '0', '1'
    }

    It 'works in thread jobs' {
        $line = "1..3 | ForEach-Object { Start-ThreadJob { Import-Module '$script:manifest'; (Get-HpcCluster).Name } } | Receive-Job -Wait -AutoRemoveJob"
        (Invoke-Line $line).Output.Trim() -split '\r?\n' | Should -Be 'local', 'local', 'local'
    }

    It 'works nested in another module, which may be removed first or last' {
        $folder = New-Experiment nest
        Set-Content Outer.psm1 "Import-Module '$script:manifest'; function Get-Outer { (Get-HpcCluster).Name }"
        (Invoke-Line 'Import-Module ./Outer.psm1; Get-Outer; Remove-Module Outer; (Get-HpcCluster).Name' $folder).Output.Trim() -split '\r?\n' | Should -Be 'local', 'local'
        (Invoke-Line 'Import-Module ./Outer.psm1; Remove-Module HpcAgent; Get-Outer' $folder -NoImport).Output.Trim() | Should -Be 'local'
    }

    It 'refuses a second copy in one session and says what to do' {
        $copy = Join-Path $env:HPCAGENT_WORK 'copy'
        Copy-Item $script:root $copy -Recurse -Exclude .git, src, tests, artifacts
        $result = Invoke-Line "Import-Module '$copy/HpcAgent.psd1' -Force"
        $result.Error | Should -BeLike '*already loaded from*Start a new session*'
    }

    It 'refuses to mix with an older model that has no loader' -Skip:(-not ('System.Reflection.Emit.PersistedAssemblyBuilder' -as [type])) {
        $folder = New-Experiment old
        $old = New-Assembly HpcAgent HpcAgent.Run $folder
        (Invoke-Line "`$null = [Reflection.Assembly]::LoadFrom('$old'); Import-Module '$script:manifest'" -NoImport).Error | Should -BeLike '*already loaded from*Start a new session*'
    }

    It 'writes nothing and starts nothing when it is imported' {
        $before = @(Get-ChildItem -Recurse -Force $env:HPC_JOURNAL_DIR).Count
        $result = Invoke-Line ''
        $result.All.Trim() | Should -BeNullOrEmpty
        @(Get-ChildItem -Recurse -Force $env:HPC_JOURNAL_DIR).Count | Should -Be $before
    }
}
