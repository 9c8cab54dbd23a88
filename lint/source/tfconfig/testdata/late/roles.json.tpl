{
%{ for i, n in names ~}
  "${n}": {"boundary": ${i == 0}, "statements": [{"Action": "s3:${title(n)}*"}, {"Action": ["a:b"], "Effect": "Deny"}]}%{ if i < length(names) - 1 },%{ endif }
%{ endfor ~}
}
