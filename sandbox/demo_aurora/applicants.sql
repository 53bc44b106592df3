CREATE TABLE applicants (
  id INT AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  email VARCHAR(120) NOT NULL,
  street VARCHAR(120) NOT NULL,
  born DATE NOT NULL,
  UNIQUE KEY email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE applications (
  id INT AUTO_INCREMENT PRIMARY KEY,
  applicant_id INT NOT NULL,
  state ENUM('open', 'granted', 'refused') NOT NULL,
  note TEXT,
  CONSTRAINT of_applicant FOREIGN KEY (applicant_id) REFERENCES applicants (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE changes (
  id INT AUTO_INCREMENT PRIMARY KEY,
  application_id INT NOT NULL,
  state VARCHAR(10) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE cognito_users (username VARCHAR(80) PRIMARY KEY, attributes JSON) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE VIEW open_applications AS
  SELECT a.id, p.name FROM applications a JOIN applicants p ON p.id = a.applicant_id WHERE a.state = 'open';
CREATE TRIGGER application_made AFTER INSERT ON applications FOR EACH ROW
  INSERT INTO changes (application_id, state) VALUES (NEW.id, NEW.state);
CREATE FUNCTION applications_of(applicant INT) RETURNS INT READS SQL DATA
  RETURN (SELECT COUNT(*) FROM applications WHERE applicant_id = applicant);
